// Draws every scene of a directory with the real engines and compares the drawings with the scenes:
// Mermaid and SVG in headless Chromium, DOT with Graphviz; and opens pages to see that nothing is refused.
//
//   node check.mjs [--sample] DIRECTORY [PAGE.html ...]
//
// DIRECTORY is what `cargo run --example scenes` writes. With --sample one picture of each view of each model is drawn, those of generated systems of 5 and 80
// components, and some of hostile names; and the first page is looked at in all ways, the others in one.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// A page draws so many pictures: Mermaid keeps some memory of each.
const PER_PAGE = 40;

const arguments_ = process.argv.slice(2);
const isSample = arguments_[0] === '--sample';
const [directory, ...pages] = isSample ? arguments_.slice(1) : arguments_;
if (!directory) {
  console.error('usage: node check.mjs [--sample] DIRECTORY [PAGE.html ...]');
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'weighbridge-pictures-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const failures = [];
let passed = 0;
const check = (name, problems) => {
  if (problems.length === 0) passed += 1;
  else failures.push(`${name}: ${problems.slice(0, 4).join('; ')}`);
};

// What a picture is one of: its model, or the generated system, and its view. A hostile name is one of its kind: every fourth is drawn.
const kindOf = (path) => {
  const [source, which, picture] = path.split(/[\\/]/);
  if (source === 'hostile') return Number(which) % 4 === 0 ? path : null;
  if (source === 'generated' && !['5', '80'].includes(which)) return null;
  const view = picture.replace(/^(sequence|[a-z]+-group)-.*$/, '$1');
  return source === 'generated' ? `${source}/${which}/${view}` : `${source}/${view}`;
};
const sample = (paths) => {
  const seen = new Set([null]);
  return paths.filter((path) => {
    const kind = kindOf(path);
    const isFirst = !seen.has(kind);
    seen.add(kind);
    return isFirst;
  });
};

const found = readdirSync(directory, { recursive: true })
  .filter((path) => path.endsWith('.scene.json'))
  .map((path) => path.slice(0, -'.scene.json'.length))
  .sort();
const scenes = (isSample ? sample(found) : found).map((name) => {
  const base = join(directory, name);
  return { name, base, scene: JSON.parse(readFileSync(`${base}.scene.json`, 'utf8')) };
});
if (scenes.length === 0) {
  console.error(`${directory} holds no scene`);
  process.exit(2);
}

// --- DOT: the engine's own plain output lists what it has placed --------------------------------------------------------

for (const { name, base, scene } of scenes) {
  const run = spawnSync('dot', ['-Tjson0', `${base}.dot`], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const problems = [];
  if (run.status !== 0 || /syntax error/i.test(run.stderr)) {
    problems.push(`dot refuses it: ${run.stderr.trim().split('\n')[0]}`);
  } else {
    const drawn = JSON.parse(run.stdout);
    const boxes = (drawn.objects ?? []).filter((one) => /^n\d+$/.test(one.name));
    const frames = (drawn.objects ?? []).filter((one) => one.name.startsWith('cluster_'));
    if (boxes.length !== scene.nodes.length) problems.push(`${boxes.length} boxes of ${scene.nodes.length}`);
    if (frames.length !== scene.groups.length) problems.push(`${frames.length} frames of ${scene.groups.length}`);
    if ((drawn.edges ?? []).length !== scene.edges.length) problems.push(`${(drawn.edges ?? []).length} arrows of ${scene.edges.length}`);
    for (const one of drawn.objects ?? []) {
      if (one.URL || one.href || one.image) problems.push(`${one.name} has a link or an image`);
    }
  }
  check(`${name}.dot`, problems);
}

// --- Mermaid and SVG: drawn in a page ----------------------------------------------------------------------------------

const mermaid = pathToFileURL(join(here, 'node_modules/mermaid/dist/mermaid.min.js')).href;

// Runs in the page; its result is the text of the document's body.
const draw = async (items) => {
  const squeezed = (text) => text.replace(/\s+/g, '');
  const results = {};
  const forbidden = (root) => {
    const found = [];
    for (const one of root.querySelectorAll('*')) {
      if (['script', 'image', 'img', 'iframe', 'object', 'embed', 'a'].includes(one.localName)) found.push(`<${one.localName}>`);
      for (const { name, value } of one.attributes) {
        if (name.startsWith('on') || /^\s*(javascript|data|https?):/i.test(value) && !name.startsWith('xmlns')) found.push(`${name}="${value.slice(0, 40)}"`);
      }
    }
    return found;
  };
  globalThis.mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', maxTextSize: 1000000, maxEdges: 5000 });
  for (const [at, { name, text, picture, scene }] of items.entries()) {
    const problems = [];
    try {
      const { svg } = await globalThis.mermaid.render(`m${at}`, text);
      const host = document.createElement('div');
      host.innerHTML = svg;
      problems.push(...forbidden(host));
      if (scene.kind === 'sequence') {
        // Every participant stands above and below.
        const actors = new Set([...host.querySelectorAll('[name^="n"].actor, .actor-line')].map((one) => one.getAttribute('name') ?? one.id));
        const arrows = host.querySelectorAll('.messageText').length;
        if (arrows !== scene.edges.length) problems.push(`${arrows} arrows of ${scene.edges.length}`);
        if (actors.size === 0) problems.push('no participant');
      } else {
        const boxes = [...host.querySelectorAll('.node')].filter((one) => /flowchart-n\d+-/.test(one.id)).length;
        // An arrow that only puts boxes in order is written, and not to be seen.
        const arrows = host.querySelectorAll('path.flowchart-link:not(.edge-thickness-invisible)').length;
        const wanted = scene.edges.filter((edge) => !edge.right && !edge.hidden).length;
        const ordering = text.match(/^ *\w+ ~~~ \w+$/gm)?.length ?? 0;
        const hidden = scene.edges.filter((edge) => !edge.right && edge.hidden).length;
        if (ordering !== hidden) problems.push(`${ordering} hidden arrows of ${hidden}`);
        const frames = host.querySelectorAll('.cluster').length;
        const leaves = scene.groups.filter((group) => !scene.nodes.some((node) => node.group === group.id) && !scene.groups.some((other) => other.parent === group.id)).length;
        if (boxes !== scene.nodes.length) problems.push(`${boxes} boxes of ${scene.nodes.length}`);
        if (arrows !== wanted) problems.push(`${arrows} arrows of ${wanted}`);
        // A frame without contents is drawn as a box.
        if (frames !== scene.groups.length - leaves && frames !== scene.groups.length) problems.push(`${frames} frames of ${scene.groups.length}`);
      }
      const words = squeezed(host.textContent);
      for (const node of scene.nodes) {
        if (!words.includes(squeezed(node.label))) problems.push(`not to be read: ${node.label}`);
      }
    } catch (error) {
      problems.push(`Mermaid refuses it: ${String(error.message ?? error).split('\n')[0]}`);
    }
    results[`${name}.mmd`] = problems;

    const found = [];
    const parsed = new DOMParser().parseFromString(picture, 'image/svg+xml');
    if (parsed.querySelector('parsererror')) found.push('no well-formed XML');
    found.push(...forbidden(parsed));
    const seen = squeezed([...parsed.querySelectorAll('text')].map((one) => one.textContent).join(' '));
    for (const node of scene.nodes) {
      if (!seen.includes(squeezed(node.label))) found.push(`not to be read: ${node.label}`);
    }
    results[`${name}.svg`] = found;
  }
  return results;
};

const chromium = (url, extra = []) => {
  const run = spawnSync(
    process.env.CHROMIUM ?? 'chromium',
    ['--headless', '--no-sandbox', '--disable-gpu', '--allow-file-access-from-files', '--enable-logging=stderr', `--user-data-dir=${join(scratch, 'profile')}`, ...extra, url],
    { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300_000 },
  );
  // What the page says and what its policy refuses stand in the log.
  const said = run.stderr.split('\n').filter((line) => /CONSOLE/.test(line));
  return { out: run.stdout, said };
};

for (let start = 0; start < scenes.length; start += PER_PAGE) {
  const items = scenes.slice(start, start + PER_PAGE).map(({ name, base, scene }) => ({
    name,
    scene,
    text: readFileSync(`${base}.mmd`, 'utf8'),
    picture: readFileSync(`${base}.svg`, 'utf8'),
  }));
  const page = join(scratch, `page-${start}.html`);
  const data = JSON.stringify(items).replaceAll('<', '\\u003c');
  writeFileSync(
    page,
    `<!DOCTYPE html><meta charset="utf-8"><body><script src="${mermaid}"></script><script>(${draw})(${data}).then((results) => { document.body.textContent = 'RESULTS' + encodeURIComponent(JSON.stringify(results)) + 'END'; });</script>`,
  );
  const { out, said } = chromium(pathToFileURL(page).href, ['--virtual-time-budget=3600000', '--dump-dom']);
  const found = /RESULTS(.*)END/s.exec(out);
  if (!found) {
    failures.push(`pictures ${start} and on: the page did not end (${said.slice(0, 2).join(' ')})`);
    continue;
  }
  for (const [name, problems] of Object.entries(JSON.parse(decodeURIComponent(found[1])))) check(name, problems);
}

// --- Pages: nothing refused, nothing said in the console ----------------------------------------------------------------

for (const file of pages) {
  const { out, said } = chromium(pathToFileURL(file).href, ['--dump-dom']);
  const problems = said.map((line) => line.trim());
  if (!out.includes('</html>')) problems.push('the page was not read');
  check(file, problems);
}

// --- Pages: readable for everyone ----------------------------------------------------------------------------------------
// The page's policy lets no script in, so what is judged is a copy without it; on a screen and on a telephone, light and dark.

const axe = readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8').replaceAll('</script', '<\\/script');

const ways = [1280, 400].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));
for (const [at, file] of pages.entries()) {
  const text = readFileSync(file, 'utf8');
  const open = text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>\n?/, '');
  if (open === text) failures.push(`${file}: it has no policy`);
  const judge = async () => {
    // What is folded must be readable, too.
    for (const one of document.querySelectorAll('details')) one.open = true;
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
    // No word of a chart covers another one.
    const covering = [];
    for (const chart of document.querySelectorAll('svg.wb-chart')) {
      const words = [...chart.querySelectorAll('text')].map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
      for (const [at, { text, box }] of words.entries()) {
        for (const other of words.slice(at + 1)) {
          const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // A box is higher than what is drawn of its letters.
          if (across > 1 && down > 4) covering.push(`“${text}” and “${other.text}” cover each other in the chart “${chart.querySelector('title').textContent}”`);
        }
      }
    }
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth + 1;
    return [
      ...covering,
      ...serious.map((one) => `${one.id} (${one.impact}, ${one.nodes.length} times): ${one.nodes[0].html.slice(0, 120)}: ${one.nodes[0].failureSummary?.split('\n')[1]?.trim() ?? ''}`),
      ...(wide ? [`the page is ${document.documentElement.scrollWidth} wide where ${document.documentElement.clientWidth} are shown`] : []),
    ];
  };
  const page = join(scratch, 'judged.html');
  writeFileSync(
    page,
    open.replace('</body>', `<script>${axe}</script><script>(${judge})().then((found) => { document.body.textContent = 'RESULTS' + encodeURIComponent(JSON.stringify(found)) + 'END'; });</script></body>`),
  );
  for (const { width, scheme } of isSample && at > 0 ? [ways[at % ways.length]] : ways) {
    // Chromium's own number for what the reader prefers: 0 is dark, 1 is light.
    const { out, said } = chromium(pathToFileURL(page).href, [
      '--virtual-time-budget=600000',
      '--dump-dom',
      `--window-size=${width},900`,
      `--blink-settings=preferredColorScheme=${scheme === 'dark' ? 0 : 1}`,
    ]);
    const found = /RESULTS(.*)END/s.exec(out);
    check(`${file} at ${width}, ${scheme}`, found ? JSON.parse(decodeURIComponent(found[1])) : [`it was not judged (${said.slice(0, 2).join(' ')})`]);
  }
}

for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
