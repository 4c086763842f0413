#!/usr/bin/env bash
# Runs `weighbridge ask`, and the interview of `init`, in a real terminal: tmux draws, sends keys and captures the screen.
#
#   tests/terminal/check.sh PROGRAM
#
# Every check waits for what it expects to see, so a slow machine is no failure; what does not come within PATIENCE seconds is.

set -euo pipefail

readonly PROGRAM=$(realpath "$1")
readonly PATIENCE=${PATIENCE:-30}
readonly CORE=(users-where outage-hour change-stop load-vs-machine teams-blocked task-one-machine parts-differ
  experience boundaries platform budget stale-data step-data)

scratch=$(mktemp -d)
readonly scratch
n_checks=0

# A server of its own for each check, that no configuration of a user reaches.
terminal() {
  tmux -L "weighbridge-test-$$-$n_checks" -f /dev/null "$@"
}

clean_up() {
  terminal kill-server 2>/dev/null || true
  rm -rf "$scratch"
}
trap clean_up EXIT

fail() {
  echo "FAILED: $check: $1" >&2
  echo '--- the screen:' >&2
  screen >&2
  echo '---' >&2
  exit 1
}

# check NAME: begins a check in an empty directory with an empty shell of 80 by 24.
begin() {
  check=$1
  terminal kill-server 2>/dev/null || true
  n_checks=$((n_checks + 1))
  rm -rf "$scratch/work"
  mkdir "$scratch/work"
  terminal new-session -d -x "${2:-80}" -y "${3:-24}" -c "$scratch/work" \
    "env -u CI -u NO_COLOR -u ACCESSIBLE PS1='ready\$ ' PROMPT_COMMAND= bash --norc --noprofile"
  see 'ready$'
}

screen() {
  terminal capture-pane -p
}

# see TEXT: waits until the screen shows it.
see() {
  local deadline=$((SECONDS + PATIENCE))
  until screen | grep -qF -- "$1"; do
    ((SECONDS < deadline)) || fail "the screen does not show: $1"
    sleep 0.05
  done
}

# gone TEXT: waits until the screen does not show it any more.
gone() {
  local deadline=$((SECONDS + PATIENCE))
  while screen | grep -qF -- "$1"; do
    ((SECONDS < deadline)) || fail "the screen still shows: $1"
    sleep 0.05
  done
}

# panes N: waits until there are N panes: a key that is sent before a shell is gone goes to that shell.
panes() {
  local deadline=$((SECONDS + PATIENCE))
  until [[ $(terminal list-panes | wc -l) == "$1" ]]; do
    ((SECONDS < deadline)) || fail "the window does not have $1 panes"
    sleep 0.05
  done
}

keys() {
  terminal send-keys "$@"
}

# type TEXT: types it, letter by letter, without reading names of keys in it.
type_text() {
  terminal send-keys -l -- "$1"
}

# run COMMAND: runs it in the shell, and has the shell say its exit code and the terminal's settings before and after.
run() {
  type_text "clear; before=\$(stty -g); $1; echo \"code=\$? \$([ \"\$before\" = \"\$(stty -g)\" ] && echo sane || echo insane)\""
  keys Enter
}

# ends CODE: waits for the end of what was run, with this exit code, and a terminal as it was.
ends() {
  see "code=$1 sane"
  [[ $(terminal display-message -p '#{alternate_on}') == 0 ]] || fail 'the alternate screen is still on'
  [[ $(terminal display-message -p '#{cursor_flag}') == 1 ]] || fail 'the cursor is hidden'
}

# The foreground is set: 30 to 37, 90 to 97, or one of 256.
is_colored() {
  terminal capture-pane -p -e | grep -qE $'\033\\[([0-9]+;)*(3[0-7]|9[0-7]|38;5;[0-9]+)m'
}

has() {
  grep -qF -- "$2" "$scratch/work/$1" || fail "$1 does not say: $2"
}

count() {
  local found
  found=$(grep -c -- "$2" "$scratch/work/$1" || true)
  [[ $found == "$3" ]] || fail "$1 has $found lines like $2, not $3"
}

# No lock, no temporary file.
nothing_else() {
  local found
  found=$(cd "$scratch/work" && ls -A | tr '\n' ' ')
  [[ $found == "$1" ]] || fail "the directory holds: $found"
}

# --- Checks -----------------------------------------------------------------------------------------------------------

begin 'a whole walk ends with the verdict'
run "$PROGRAM ask --today 2026-11-20"
see 'Should you distribute?'
see 'Enter begin'
keys Enter
for at in "${!CORE[@]}"; do
  see " $((at + 1))/13 "
  keys 1
done
see 'Review'
see 'step-data'
keys Enter
see 'Verdict'
see 'Because:'
keys Enter
ends 0
see 'Because:'
see 'Next: weighbridge verdict .'
count answers.toml '^\[answers\.' 13
nothing_else 'answers.toml '

begin 'Ctrl-C at each question leaves a valid file and a sane terminal'
for at in "${!CORE[@]}"; do
  rm -f "$scratch/work/answers.toml"
  run "$PROGRAM ask"
  see 'Enter begin'
  keys Enter
  for ((before = 0; before < at; before++)); do
    see " $((before + 1))/13 "
    keys 1
  done
  see " $((at + 1))/13 "
  keys C-c
  ends 130
  if ((at > 0)); then
    see 'interrupted; all answers are saved in ./answers.toml'
    count answers.toml '^\[answers\.' "$at"
    "$PROGRAM" answers check "$scratch/work" >/dev/null || fail 'the file is not valid'
    nothing_else 'answers.toml '
  fi
done

begin 'notes, evidence, confidence, n/a, help, back and jump'
run "$PROGRAM ask"
see 'Enter begin'
keys Enter
see ' 1/13 '
type_text '?'
see 'It moves: '
type_text '?'
gone 'It moves: '
type_text n
see 'Note (empty takes it away):'
type_text 'q is text here, b too'
keys Enter
see 'note: q is text here, b too'
type_text e
see 'Evidence'
type_text 'docs/map.md'
keys Enter
see 'evidence: docs/map.md'
type_text c
see 'confidence: measured'
keys j j Enter
see ' 2/13 '
type_text x
see 'Why does it not apply?'
keys Enter
see 'say why the question does not apply'
type_text 'nothing runs'
keys Enter
see ' 3/13 '
keys Left
see ' 2/13 '
see 'does not apply: nothing runs'
keys BSpace
see '> 3. Far away, but a cache or content network is enough (current)'
type_text g
see 'Go to which question?'
type_text 'budgte'
keys Enter
see 'did you mean `budget`?'
keys BSpace BSpace BSpace
type_text 'get'
keys Enter
see ' 11/13 '
type_text r
see 'Review'
type_text 2
keys Enter
see ' 2/13 '
type_text q
ends 0
has answers.toml 'note = "q is text here, b too"'
has answers.toml 'evidence = ["docs/map.md"]'
has answers.toml 'confidence = "measured"'
has answers.toml 'reason = "nothing runs"'
run "$PROGRAM ask"
see '2 of 13 questions answered'
keys Enter
see ' 3/13 '
keys C-c
ends 130

begin 'Ctrl-C on the start card claims no file'
run "$PROGRAM ask"
see 'Enter begin'
keys C-c
ends 130
see 'interrupted; nothing was answered, nothing is saved'
nothing_else ''

begin 'a named question is asked also when it is answered, and what others deleted is written again'
run "$PROGRAM ask --ui off --set budget=tight --set undo=days --today 2026-11-20"
ends 0
run "$PROGRAM ask --only budget,undo --by architecture"
see 'Enter begin'
keys Enter
see ' 1/2 '
see '(current)'
type_text c
see 'confidence: measured'
rm "$scratch/work/answers.toml"
keys 3
see ' 2/2 '
type_text q
ends 0
has answers.toml 'value = "some-slack"'
has answers.toml 'confidence = "measured"'
has answers.toml 'value = "days"'

begin 'letters are text in a field'
run "$PROGRAM ask --only availability-target,engineers"
see 'Enter begin'
keys Enter
see 'Which availability do you promise?'
type_text 'x99.95'
keys Enter
see 'takes a number'
keys Left Left Left Left Left BSpace Enter
see ' 2/2 '
keys C-b
see '> 99.95'
keys F1
see 'Per cent of the year'
keys C-q
ends 0
has answers.toml 'value = 99.95'

begin 'a resize keeps the page'
run "$PROGRAM ask"
see 'Enter begin'
keys Enter
see ' 1/13 '
keys j j j
see '> 4. On several continents'
terminal resize-window -x 30 -y 6
see '> 4. On several'
terminal resize-window -x 15 -y 3
see 'too small'
# What nobody sees is not answered.
keys 1 Enter '?'
see 'too small'
terminal resize-window -x 80 -y 24
see '  5. Law pins their data to places'
keys Enter
see ' 2/13 '
type_text q
ends 0
has answers.toml 'value = "several-continents-must-be-fast"'

begin 'a narrow terminal is asked line by line' 19 24
run "$PROGRAM ask"
see 'Distance costs'
type_text 2
keys Enter
see 'Failure 2/13'
keys C-c
ends 130
has answers.toml 'value = "one-country"'
nothing_else 'answers.toml '

for variable in TERM=dumb ACCESSIBLE=1; do
  begin "$variable is asked line by line"
  run "$variable $PROGRAM ask"
  see '? lists the commands.'
  see '1. All in one place'
  [[ $(terminal display-message -p '#{alternate_on}') == 0 ]] || fail 'the alternate screen is on'
  type_text q
  keys Enter
  ends 0
done

begin 'CI asks nothing'
run "CI=true $PROGRAM ask"
ends 0
see '0 of 13 questions answered'

begin 'NO_COLOR has no colour'
run "NO_COLOR=1 $PROGRAM ask"
see 'Enter begin'
keys Enter
see ' 1/13 '
if is_colored; then fail 'there is colour'; fi
type_text q
ends 0
run "$PROGRAM ask --color always"
see 'Enter begin'
keys Enter
see ' 1/13 '
is_colored || fail 'there is no colour'
type_text q
ends 0

begin 'the result goes to a file, the prompts to the screen'
run "$PROGRAM ask --format json > result.json"
see 'Enter begin'
keys Enter
see ' 1/13 '
keys 1
see ' 2/13 '
terminal resize-window -x 60 -y 20
see ' 2/13 '
type_text q
ends 0
has result.json '"value": "one-place"'
head -c 1 "$scratch/work/result.json" | grep -q '{' || fail 'the file begins with something else than JSON'

begin 'a second terminal may read and not write' 120 60
run "$PROGRAM ask"
see 'Enter begin'
terminal split-window -v -c "$scratch/work" "env -u CI bash --norc --noprofile"
type_text "$PROGRAM ask --ui line"
keys Enter
see 'Read only: another terminal (process '
type_text 1
keys Enter
see 'nothing can be changed'
type_text q
keys Enter
see '0 of 13 questions answered; to go on'
type_text exit
keys Enter
panes 1
type_text q
ends 0
nothing_else ''

begin 'a terminal that is closed leaves no lock'
run "$PROGRAM ask"
see 'Enter begin'
keys Enter
see ' 1/13 '
keys 1
see ' 2/13 '
terminal kill-server
deadline=$((SECONDS + PATIENCE))
until [[ $(cd "$scratch/work" && ls -A | tr '\n' ' ') == 'answers.toml ' ]]; do
  ((SECONDS < deadline)) || { echo "FAILED: $check: the lock is still there" >&2; exit 1; }
  sleep 0.05
done
has answers.toml 'value = "one-place"'

begin 'a signal gives the terminal back'
run "sh -c 'echo \$\$ > ../process; exec $PROGRAM ask'"
see 'Enter begin'
keys Enter
see ' 1/13 '
kill -TERM "$(cat "$scratch/process")"
ends 130
nothing_else ''

begin 'the interview of init writes a model that passes'
run "$PROGRAM init shop"
see 'A first model: what is there?'
see 'Enter begin'
keys Enter
see 'What is the system called?'
type_text 'Corner shop'
keys Enter
see 'Where does it run?'
keys 1
see 'In which region?'
type_text 'eu-central-1'
keys Enter
see 'How many equal copies'
type_text 'many'
keys Enter
see 'takes a number'
keys C-u
see 'On which type of machine'
keys C-b
see 'How many equal copies'
keys C-s
see 'On which type of machine'
keys C-r
see 'Review'
see 'Corner shop'
keys Enter
see 'Done'
see 'what was skipped counts as unknown'
keys Enter
ends 0
see 'Edit both, then run:'
has shop/system.toml 'name = "Corner shop"'
nothing_else 'shop '
run "$PROGRAM check shop | tail -1"
see 'findings: 1 note; coverage '

begin 'an interview that is interrupted goes on where it was'
run "$PROGRAM init shop"
see 'Enter begin'
keys Enter
see 'What is the system called?'
type_text 'Corner shop'
keys Enter
see 'Where does it run?'
keys C-c
ends 130
has shop/interview.toml 'Corner shop'
run "$PROGRAM init shop"
# Of 21, three are asked only of a database.
see '1 of 18 questions answered'
keys Enter
see 'Where does it run?'
type_text q
ends 0
see 'no model is written yet'

begin 'the interview on a terminal of 40 columns' 40 16
run "$PROGRAM init shop"
see 'Enter begin'
keys Enter
see 'What is the system called?'
keys C-s
see 'Where does it run?'
keys C-c
ends 130

begin 'a simulation says how far it is, and stops where it is asked to'
cat > "$scratch/work/system.toml" <<'MODEL'
schema = 1
[components]
user = { kind = "client" }
app  = { kind = "service", concurrency = 4, service-time = "5ms" }
[links]
"user -> app" = {}
[journeys.buy]
rate  = "600/s"
steps = ["user -> app"]
MODEL
run "$PROGRAM assess --simulate --requests 10000000 --format json . > result.json"
see 'simulating system ['
see ' of 10'
keys C-c
ends 0
gone 'simulating system ['
has result.json '"stopped": true'

echo "$n_checks passed, 0 failed"
