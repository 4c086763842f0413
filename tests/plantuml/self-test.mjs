// Proves that the check can fail: a harness that passes everything would look just like one that works.
//
//   node --test self-test.mjs

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { compare } from './compare.mjs';
import { textWidth } from './dom.mjs';
import { render } from './render.mjs';

const GRAPH = `@startuml
top to bottom direction
title Bakery
cloud "Region" as g1 {
  frame "Oven <U+0040> night" as g2 {
    node "Baker" as n1
    database "Recipes" as n2
  }
}
actor "Customer" as n3
queue "Orders" as n4
n3 ..> n4 : places an<U+0020>order
n4 ..> n1
n1 -up-> n4 : done
n1 <--> n2 : reads
n3 -- n1 : knows
n3 ..> g1
n1 -[hidden]right- n2
note right of n3 : always hungry
legend
dashed: over the network
end legend
@enduml
`;

const GRAPH_SCENE = {
  title: 'Bakery',
  kind: 'graph',
  groups: [
    { id: 'g1', label: 'Region', parent: null, shape: 'cloud' },
    { id: 'g2', label: 'Oven @ night', parent: 'g1', shape: 'frame' },
  ],
  nodes: [
    { id: 'n1', label: 'Baker', group: 'g2', shape: 'node' },
    { id: 'n2', label: 'Recipes', group: 'g2', shape: 'database' },
    { id: 'n3', label: 'Customer', group: null, shape: 'actor' },
    { id: 'n4', label: 'Orders', group: null, shape: 'queue' },
  ],
  edges: [
    { from: 'n3', to: 'n4', label: 'places an order', directed: true, both: false, hidden: false, dashed: true },
    { from: 'n4', to: 'n1', label: null, directed: true, both: false, hidden: false, dashed: true },
    { from: 'n1', to: 'n4', label: 'done', directed: true, both: false, hidden: false, dashed: false },
    { from: 'n1', to: 'n2', label: 'reads', directed: true, both: true, hidden: false, dashed: false },
    { from: 'n3', to: 'n1', label: 'knows', directed: false, both: false, hidden: false, dashed: false },
    { from: 'n3', to: 'g1', label: null, directed: true, both: false, hidden: false, dashed: true },
    { from: 'n1', to: 'n2', label: null, directed: false, both: false, hidden: true, dashed: false },
  ],
};

const SEQUENCE = `@startuml
title Breakfast
autonumber
box "Shop"
  actor "Customer" as n1
  participant "Counter" as n2
end box
database "Recipes" as n3
queue "Counter" as n4
n1 -> n2 : two rolls<U+002C> please
n2 --> n3
n2 -> n2 : counts
n4 <-> n2 : waits
alt sold out
  n2 ->x n1 : sorry
else
  n3 ->> n1 : rolls
end
@enduml
`;

const SEQUENCE_SCENE = {
  title: 'Breakfast',
  kind: 'sequence',
  groups: [{ id: 'g1', label: 'Shop', parent: null, shape: 'rectangle' }],
  nodes: [
    { id: 'n1', label: 'Customer', group: 'g1', shape: 'actor' },
    { id: 'n2', label: 'Counter', group: 'g1', shape: 'participant' },
    { id: 'n3', label: 'Recipes', group: null, shape: 'database' },
    { id: 'n4', label: 'Counter', group: null, shape: 'queue' },
  ],
  edges: [
    { from: 'n1', to: 'n2', label: 'two rolls, please', directed: true, both: false, hidden: false, dashed: false },
    { from: 'n2', to: 'n3', label: null, directed: true, both: false, hidden: false, dashed: true },
    { from: 'n2', to: 'n2', label: 'counts', directed: true, both: false, hidden: false, dashed: false },
    { from: 'n4', to: 'n2', label: 'waits', directed: true, both: true, hidden: false, dashed: false },
    { from: 'n2', to: 'n1', label: 'sorry', directed: true, both: false, hidden: false, dashed: false },
    { from: 'n3', to: 'n1', label: 'rolls', directed: true, both: false, hidden: false, dashed: false },
  ],
};

// Each change to a diagram that draws as its scene says, and what the check must then say.
const GRAPH_CHANGES = [
  ['a statement that is none', 'title Bakery', 'nonsense', [/^does not draw: line 3: Syntax error/]],
  ['the end is missing', '@enduml', '', [/^does not draw: line \d+: @enduml is missing/]],
  ['the start is missing', '@startuml', '', [/^does not draw: line 1: the first line is not @startuml/]],
  ['the diagram ends early', 'title Bakery', '@enduml', [/^does not draw: line 3: @enduml is not the last line/]],
  [
    'a second diagram',
    '@enduml',
    '@enduml\n@startuml\nnode x\n@enduml',
    [/^does not draw: line \d+: a second diagram/],
  ],
  ['a file from outside', 'title Bakery', '!include /etc/hostname', [/^does not draw: line 3: cannot include/]],
  ['a library that is not here', 'title Bakery', '!include <C4/C4_Context>', [/^does not draw/]],
  ['a picture that is not here', 'Orders', '<:smile:>', [/^does not draw/]],
  ['another title', 'title Bakery', 'title Brewery', [/^the title reads "Brewery" instead of "Bakery"$/]],
  ['no title', 'title Bakery\n', '', [/^the title reads "" instead of "Bakery"$/]],
  [
    'a node is missing',
    /actor.*\n|n3.*\n|note.*\n/g,
    '',
    [
      /^node n3 \("Customer"\) is not drawn$/,
      /^n3 -> n4 .* is not drawn$/,
      /^n1 -- n3 .* is not drawn$/,
      /^n3 -> g1 .* is not drawn$/,
    ],
  ],
  ['a node too many', 'legend', 'node "Thief" as n9\nlegend', [/^n9 \("Thief"\) is drawn but is not in the scene$/]],
  [
    'an arrow to a stranger',
    'n4 ..> n1',
    'n4 ..> n1\nn4 ..> n8',
    [/^n8 .* is drawn but/, /^n4 -> n8 dashed is drawn but/],
  ],
  ['another label', '"Baker"', '"Butcher"', [/^node n1 reads "Butcher" instead of "Baker"$/]],
  [
    'more label',
    '"Baker"',
    '"Baker" as n1 <<evil>>\nnode "Baker"',
    [/^node n1 reads "«evil»Baker" instead of "Baker"$/],
  ],
  ['markup in a label', '"Baker"', '"**Baker**"', []],
  ['markup instead of a label', '"Baker"', '"<size:9>"', [/^node n1 reads " " instead of "Baker"$/]],
  ['a label in lines', '"Baker"', '"Ba\\nker"', []],
  ['another group label', 'night', 'day', [/^group g2 reads "Oven @ day" instead of "Oven @ night"$/]],
  [
    'a node outside its group',
    /( *node "Baker".*\n)([^]*\n)(actor)/,
    '$2$1$3',
    [/^node n1 is drawn in no group instead of g2$/],
  ],
  ['a node in the wrong group', /( *node "Baker".*\n)([^]*?\}\n)/, '$2$1', [/^node n1 is drawn in g1 instead of g2$/]],
  ['an open group', '  }\n}', '  }', [/^does not draw: line 4: a brace is opened here and never closed$/]],
  [
    'a group that is closed too late',
    /^\}\n((?:actor|queue).*\n)+/m,
    (text) => `${text.slice(2)}}\n`,
    [/^node n3 is drawn in g1 instead of no group$/, /^node n4 is drawn in g1/],
  ],
  [
    'a group outside its group',
    /cloud.*\n([^]*?\}\n)\}/,
    '$1cloud "Region" as g1',
    [/^group g2 is drawn in no group instead of g1$/],
  ],
  ['an arrow is missing', 'n4 ..> n1\n', '', [/^n4 -> n1 dashed is not drawn$/]],
  ['an arrow is hidden', 'n4 ..> n1', 'n4 -[hidden]-> n1', [/^n4 -> n1 dashed is not drawn$/]],
  ['an arrow too many', 'n4 ..> n1', 'n4 ..> n1\nn4 ..> n1', [/^n4 -> n1 dashed is drawn but is not in the scene$/]],
  ['another end', 'n4 ..> n1', 'n4 ..> n2', [/^n4 -> n1 dashed is not drawn$/, /^n4 -> n2 dashed is drawn but/]],
  [
    'a node instead of its group',
    'n3 ..> g1',
    'n3 ..> n1',
    [/^n3 -> g1 dashed is not drawn$/, /^n3 -> n1 dashed is drawn but/],
  ],
  [
    'an arrow turned round',
    'n4 ..> n1',
    'n1 ..> n4',
    [/^n4 -> n1 dashed is not drawn$/, /^n1 -> n4 dashed is drawn but/],
  ],
  [
    'an upward arrow turned round',
    'n1 -up->',
    'n1 <-up-',
    [/^n1 -> n4 solid "done" is not drawn$/, /^n4 -> n1 solid "done" is drawn but/],
  ],
  ['an arrow the long way', 'n1 -up-> n4', 'n4 <-- n1', []],
  ['a head too many', 'n4 ..> n1', 'n4 <..> n1', [/^n4 -> n1 dashed is not drawn$/, /^n1 <-> n4 dashed is drawn but/]],
  [
    'a head too few',
    'n1 <--> n2',
    'n1 --> n2',
    [/^n1 <-> n2 solid "reads" is not drawn$/, /^n1 -> n2 solid "reads" is drawn but/],
  ],
  [
    'solid instead of dashed',
    'n4 ..> n1',
    'n4 --> n1',
    [/^n4 -> n1 dashed is not drawn$/, /^n4 -> n1 solid is drawn but/],
  ],
  [
    'another arrow label',
    ': reads',
    ': eats',
    [/^n1 <-> n2 solid "reads" is not drawn$/, /^n1 <-> n2 solid "eats" is drawn but/],
  ],
  ['a label on the wrong arrow', /n4 \.\.> n1|n1 ..> n4 : done/g, 'n4 ..> n1 : done', [/not drawn$/, /drawn but/]],
];

const SEQUENCE_CHANGES = [
  ['a statement that is none', 'autonumber', 'nonsense', [/^does not draw: line 3: Syntax Error/]],
  [
    'a participant too many',
    'database',
    'queue "Thief" as n9\ndatabase',
    [/^n9 \("Thief"\) is drawn but is not in the scene$/],
  ],
  ['another label', '"Recipes"', '"Bills"', [/^participant n3 reads "Bills" instead of "Recipes"$/]],
  [
    'labels exchanged',
    /"Recipes"|"Customer"/g,
    (label) => (label === '"Recipes"' ? '"Customer"' : '"Recipes"'),
    [/^participant n1 reads "Recipes"/, /^participant n3 reads "Customer"/],
  ],
  [
    'another zone label',
    '"Shop"',
    '"Shed"',
    [/^zone "Shop" of n1, n2 is not drawn$/, /^zone "Shed" of n1, n2 is drawn but/],
  ],
  [
    'a participant outside its zone',
    /( *participant.*\n)(end box\n)/,
    '$2$1',
    [/^zone "Shop" of n1, n2 is not drawn$/, /^zone "Shop" of n1 is drawn but/],
  ],
  [
    'a message to the wrong one',
    'n2 --> n3',
    'n2 --> n4',
    [/^message 2 is drawn as n2 -> n4 dashed instead of n2 -> n3 dashed$/],
  ],
  [
    'a message to the namesake',
    'n1 -> n2',
    'n1 -> n4',
    [/^message 1 is drawn as n1 -> n4 solid "tworolls,please" instead of n1 -> n2/],
  ],
  [
    'a message turned round',
    'n2 --> n3',
    'n3 --> n2',
    [/^message 2 is drawn as n3 -> n2 dashed instead of n2 -> n3 dashed$/],
  ],
  ['a message written from right to left', 'n2 --> n3', 'n3 <-- n2', []],
  [
    'another message',
    ': counts',
    ': sleeps',
    [/^message 3 is drawn as n2 -> n2 solid "sleeps" instead of n2 -> n2 solid "counts"$/],
  ],
  ['a message is missing', /.*rolls\n/, '', [/^message 6 is drawn as nothing instead of n3 -> n1 solid "rolls"$/]],
  [
    'a message too many',
    'alt',
    'n1 -> n3\nalt',
    [/^message 5 is drawn as n1 -> n3 solid/, /^message 6 /, /^message 7 .* instead of nothing$/],
  ],
  ['the order of messages', /(n2 -> n2.*\n)(n4.*\n)/, '$2$1', [/^message 3 /, /^message 4 /]],
];

for (const [kind, source, scene, changes] of [
  ['graph', GRAPH, GRAPH_SCENE, GRAPH_CHANGES],
  ['sequence', SEQUENCE, SEQUENCE_SCENE, SEQUENCE_CHANGES],
]) {
  test(`${kind}: a diagram that shows its scene passes`, async () => {
    assert.deepEqual(compare(scene, await render(source)), []);
  });

  for (const [name, from, to, expected] of changes) {
    test(`${kind}: ${name}`, async () => {
      const changed = source.replace(from, to);
      assert.notEqual(changed, source, 'the change changes nothing');
      const differences = compare(scene, await render(changed));
      assert.equal(differences.length, expected.length, `said: ${differences.join('\n')}`);
      for (const [i, pattern] of expected.entries()) assert.match(differences[i], pattern);
    });
  }
}

test('actors and databases alone become a sequence diagram, which is no graph', async () => {
  const drawing = await render('@startuml\nactor "A" as n1\ndatabase "B" as n2\nn1 --> n2\n@enduml');
  assert.deepEqual(compare({ ...GRAPH_SCENE, title: '' }, drawing), [
    'is drawn as a sequence diagram instead of a graph diagram',
  ]);
});

test('a scene that names two things alike fails', async () => {
  const scene = { ...GRAPH_SCENE, nodes: [...GRAPH_SCENE.nodes, GRAPH_SCENE.nodes[0]] };
  assert.deepEqual(compare(scene, await render(GRAPH)), ['the scene gives one identifier to two things']);
});

test('a theme draws offline', async () => {
  assert.deepEqual(compare(GRAPH_SCENE, await render(GRAPH.replace('\n', '\n!theme mono\n'))), []);
});

test('the same text gives the same bytes', async () => {
  const first = await render(GRAPH);
  await render(SEQUENCE);
  assert.equal((await render(GRAPH)).svg, first.svg);
});

test('a diagram that takes too long fails, and the next one draws', async () => {
  const [late, next] = await Promise.all([render(GRAPH, { timeout: 1 }), render(GRAPH)]);
  assert.equal(late.ok, false);
  assert.equal(late.message, 'no picture after 1 ms');
  assert.equal(next.ok, true);
});

test('the ruler knows wide, narrow and invisible letters', () => {
  const width = (text, font = '10px sans-serif') => textWidth(text, font);
  assert.ok(width('iii') < width('mmm'));
  assert.ok(width('日本') > width('ab'));
  assert.ok(width('ab', 'bold 10px sans-serif') > width('ab'));
  assert.equal(width('ii', '20px monospaced'), width('mm', '20px monospaced'));
  assert.equal(width('a\u200b\u0301'), width('a'));
});

test('the hostile names are many, and each is there once', async () => {
  const names = JSON.parse(await readFile(new URL('./hostile-names.json', import.meta.url), 'utf8'));
  assert.ok(names.length >= 82);
  assert.equal(new Set(names).size, names.length);
});

test('the program says what differs in which pair, and counts', async (context) => {
  const directory = await makePairs(context, {
    'good.puml': GRAPH,
    'good.scene.json': JSON.stringify(GRAPH_SCENE),
    'bad.puml': GRAPH.replace('"Baker"', '"Butcher"'),
    'bad.scene.json': JSON.stringify(GRAPH_SCENE),
    'broken.puml': GRAPH,
    'broken.scene.json': '{"kind": "graph"}',
    'half.puml': GRAPH,
    'other.scene.json': JSON.stringify(GRAPH_SCENE),
  });
  const { code, lines } = await runCheck('--svg', join(directory, 'pictures'), directory);
  assert.equal(code, 1);
  assert.equal(lines.at(-1), '1 passed, 4 failed');
  assert.deepEqual(lines.slice(0, 1), ['bad: node n1 reads "Butcher" instead of "Baker"']);
  assert.match(lines[1], /^broken: cannot be compared: /);
  assert.deepEqual(lines.slice(2, -1), ['half: has no .scene.json file', 'other: has no .puml file']);
  assert.ok((await stat(join(directory, 'pictures', 'good.svg'))).size > 1000);
});

test('the program passes when every pair does', async (context) => {
  const directory = await makePairs(context, {
    'graph.puml': GRAPH,
    'graph.scene.json': JSON.stringify(GRAPH_SCENE),
    'sequence.puml': SEQUENCE,
    'sequence.scene.json': JSON.stringify(SEQUENCE_SCENE),
  });
  assert.deepEqual(await runCheck(directory), { code: 0, lines: ['2 passed, 0 failed'] });
});

test('the program fails when there is nothing to check', async (context) => {
  const directory = await makePairs(context, {});
  const { code, lines } = await runCheck(directory);
  assert.equal(code, 1);
  assert.equal(lines.at(-1), '0 passed, 0 failed');
});

async function makePairs(context, files) {
  const directory = await mkdtemp(join(tmpdir(), 'weighbridge-plantuml-'));
  context.after(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

async function runCheck(...args) {
  const program = fileURLToPath(new URL('./check.mjs', import.meta.url));
  const run = promisify(execFile)(process.execPath, [program, ...args]);
  const { code = 0, stdout } = await run.catch((error) => error);
  return { code, lines: stdout.trimEnd().split('\n') };
}
