#!/usr/bin/env node
// Checks that PlantUML draws what weighbridge meant.
//
//   node check.mjs [--svg OUTDIR] DIR...
//
// Each DIR holds pairs: NAME.puml, and beside it NAME.scene.json, the scene from which weighbridge wrote the diagram.
// Prints a line for each difference and exits with 1 if there is one, or if there is nothing to check. With --svg,
// writes the pictures to OUTDIR as well.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { compare } from './compare.mjs';
import { render } from './render.mjs';

const DIAGRAM = '.puml';
const SCENE = '.scene.json';

const { values, positionals: directories } = parseArgs({
  allowPositionals: true,
  options: { svg: { type: 'string' } },
});
if (directories.length === 0) {
  console.error('usage: node check.mjs [--svg OUTDIR] DIR...');
  process.exit(2);
}

let nPassed = 0;
let nFailed = 0;
for (const directory of directories) {
  for (const name of findNames(directory)) {
    const differences = await check(directory, name);
    for (const difference of differences) console.log(`${name}: ${difference}`);
    if (differences.length === 0) nPassed += 1;
    else nFailed += 1;
  }
}
if (nPassed + nFailed === 0) console.log(`nothing to check in ${directories.join(', ')}`);
console.log(`${nPassed} passed, ${nFailed} failed`);
process.exitCode = nPassed === 0 || nFailed > 0 ? 1 : 0;

/** Finds the names of diagrams and scenes at any depth, those with half a pair too. */
function findNames(directory) {
  const names = new Set();
  for (const file of readdirSync(directory, { recursive: true })) {
    for (const suffix of [DIAGRAM, SCENE]) {
      if (file.endsWith(suffix)) names.add(file.slice(0, -suffix.length));
    }
  }
  return [...names].sort();
}

async function check(directory, name) {
  const [diagram, text] = [DIAGRAM, SCENE].map((suffix) => readIfPresent(join(directory, name + suffix)));
  if (diagram === null) return [`has no ${DIAGRAM} file`];
  if (text === null) return [`has no ${SCENE} file`];

  const drawing = await render(diagram);
  if (drawing.svg !== '' && values.svg !== undefined) {
    const picture = join(values.svg, `${name}.svg`);
    mkdirSync(dirname(picture), { recursive: true });
    writeFileSync(picture, `${drawing.svg}\n`);
  }
  try {
    return compare(JSON.parse(text), drawing);
  } catch (error) {
    return [`cannot be compared: ${error.message}`];
  }
}

function readIfPresent(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
