// The worker thread in which the PlantUML engine lives: it gets the text of a diagram and answers with the SVG, or with
// what went wrong. It has a thread of its own because the engine draws without a pause, so that only the end of the
// thread stops a diagram that takes for ever, and because the browser it believes to be in is made of globals.

import { parentPort } from 'node:worker_threads';

import { installBrowser } from './dom.mjs';

// The engine reports its progress on the console, and there alone the cause of some failures.
const warnings = [];
for (const level of ['debug', 'info', 'log']) console[level] = () => {};
for (const level of ['error', 'warn']) console[level] = (...words) => warnings.push(words.join(' '));

installBrowser();
// Called for what a diagram includes from PlantUML's online libraries. These tests never go online.
globalThis.PLANTUML_STDLIB_LOADER = (library, _loaded, failed) => failed(`${library} is not available offline`);
await import('@plantuml/core/viz-global.js');
await import('@plantuml/core/themes.js');
const { renderToString } = await import('@plantuml/core');

// By default the engine refuses what a browser would be slow to show. How large a diagram may be is no question here.
const options = { maxSvgSize: 0 };

parentPort.on('message', (source) => {
  warnings.length = 0;
  const succeed = (svg) => parentPort.postMessage({ svg: String(svg) });
  const fail = (error) => parentPort.postMessage({ error: [String(error?.message ?? error), ...warnings].join('; ') });
  try {
    renderToString(source.split(/\r\n|\r|\n/), succeed, fail, options);
  } catch (error) {
    fail(error);
  }
});
