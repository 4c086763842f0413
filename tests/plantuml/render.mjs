#!/usr/bin/env node
// Draws PlantUML with the real engine: no Java, no Graphviz, no browser, no network.
//
//   import { render } from './render.mjs'
//   node render.mjs < DIAGRAM.puml > PICTURE.svg

import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { readComplaint, readPicture } from './picture.mjs';

const NOTHING = { svg: '', kind: null, title: [], entities: [], clusters: [], links: [], texts: [] };

/**
 * Draws one diagram and reads the picture.
 *
 * Never throws. `ok` means that the engine drew a diagram, not that it drew the right one; otherwise `message` says
 * what happened and `line` where in the source. The rest is described at `readPicture`; participants get the
 * identifiers that the source gives them.
 */
export async function render(source, { timeout = 60_000 } = {}) {
  const misframed = checkFrame(source);
  if (misframed !== null) return { ok: false, ...NOTHING, ...misframed };

  const { svg, error } = await draw(source, timeout);
  if (error !== undefined) return { ok: false, ...NOTHING, line: 1, message: error };

  const picture = readPicture(svg);
  // Errors, apologies and advertisements arrive as pictures too. There are many of them, and none shows a diagram.
  if (picture.entities.length + picture.clusters.length === 0) {
    return { ok: false, ...picture, svg, ...readComplaint(picture.texts) };
  }
  const named = picture.kind === 'sequence' ? nameParticipants(source, picture) : picture;
  return { ok: true, line: null, message: null, ...named, svg };
}

/**
 * Checks that the source is one diagram from its first line to its last.
 *
 * The engine draws only the first diagram of a text, ignores what follows it, fails without a clear word where the end
 * is missing, and closes by itself what was left open.
 */
function checkFrame(source) {
  const lines = source.trimEnd().split(/\r\n|\r|\n/);
  const linesWith = (pattern) => [...lines.keys()].filter((i) => pattern.test(lines[i]));
  const starts = linesWith(/^\s*@start/);
  const ends = linesWith(/^\s*@end/);
  if (starts[0] !== 0) return { line: 1, message: 'the first line is not @startuml' };
  if (starts.length > 1) return { line: starts[1] + 1, message: 'a second diagram starts here' };
  if (ends.length === 0) return { line: lines.length, message: '@enduml is missing' };
  if (ends[0] !== lines.length - 1) return { line: ends[0] + 1, message: '@enduml is not the last line' };
  const opened = [];
  for (const [i, line] of lines.entries()) {
    if (/\{\s*$/.test(line)) opened.push(i + 1);
    if (/^\s*\}\s*$/.test(line)) opened.pop();
  }
  if (opened.length > 0) return { line: opened.at(-1), message: 'a brace is opened here and never closed' };
  return null;
}

// Participants stand in the order of their declarations: all that ties a lifeline to an identifier.
const PARTICIPANT =
  /^\s*(?:participant|actor|boundary|control|entity|database|collections|queue)\s+(?:"[^"]*"\s+as\s+)?(\w+)/gm;

function nameParticipants(source, picture) {
  const ids = [...source.matchAll(PARTICIPANT)].map(([, id]) => id);
  const name = (position) => ids[position] ?? `participant ${position + 1}`;
  return {
    ...picture,
    clusters: picture.clusters.map((zone) => ({ ...zone, members: zone.members.map(name) })),
    entities: picture.entities.map((entity) => ({ ...entity, name: name(entity.name) })),
    links: picture.links.map((link) => ({ ...link, from: name(link.from), to: name(link.to) })),
  };
}

let engine = null;
let queue = Promise.resolve();

/** Has the engine draw, one diagram after another: `{svg}` or `{error}`. */
function draw(source, timeout) {
  queue = queue.then(() => {
    engine ??= startEngine();
    return engine.draw(source, timeout);
  });
  return queue;
}

function startEngine() {
  const worker = new Worker(new URL('./engine.mjs', import.meta.url), { stdout: true, stderr: true });
  let settle = () => {};
  // An engine that has broken down or is still busy is of no use to the next diagram.
  const giveUp = (error) => {
    engine = null;
    settle({ error });
    worker.terminate();
  };
  worker.on('message', (answer) => settle(answer));
  worker.on('error', (error) => giveUp(`the engine broke down: ${error?.message ?? error}`));
  worker.on('exit', (code) => settle({ error: `the engine ended with code ${code}` }));
  return {
    async draw(source, timeout) {
      const timer = setTimeout(() => giveUp(`no picture after ${timeout} ms`), timeout);
      worker.ref();
      const answer = await new Promise((resolve) => {
        settle = resolve;
        worker.postMessage(source);
      });
      clearTimeout(timer);
      // An idle engine must not keep the program alive.
      worker.unref();
      return answer;
    },
  };
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { ok, svg, line, message } = await render(readFileSync(0, 'utf8'));
  if (ok) {
    process.stdout.write(`${svg}\n`);
  } else {
    console.error(`line ${line}: ${message}`);
    process.exitCode = 1;
  }
}
