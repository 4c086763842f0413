// Compares what PlantUML drew with the scene that it was asked to draw. That a diagram draws proves little: the engine
// draws with an unclosed brace, invents a box for an arrow's unknown end, and reads markup in a name as markup.

/**
 * Lists the differences between a scene and its drawing (see `render`), each as one line; empty when there are none.
 *
 * Everything in the scene must be drawn once, in its place and with its text, and nothing else may be drawn, except
 * notes and a legend, which are not part of a scene. White space in texts does not count, since the engine may break
 * lines.
 */
export function compare(scene, drawing) {
  if (!drawing.ok) return [`does not draw: line ${drawing.line}: ${drawing.message}`];
  // The engine guesses the kind from the words it meets: actors and databases alone become a sequence diagram.
  if (drawing.kind !== scene.kind) return [`is drawn as a ${drawing.kind} diagram instead of a ${scene.kind} diagram`];
  return [
    ...compareText('the title', scene.title ?? '', drawing.title),
    ...(scene.kind === 'sequence' ? compareSequence(scene, drawing) : compareGraph(scene, drawing)),
  ];
}

function compareGraph(scene, drawing) {
  const expected = [
    ...scene.groups.map(({ id, label, parent }) => ({ what: `group ${id}`, id, label, parent: parent ?? null })),
    ...scene.nodes.map(({ id, label, group }) => ({ what: `node ${id}`, id, label, parent: group ?? null })),
  ];
  // A group without members is drawn as a box.
  const drawn = [...drawing.clusters, ...drawing.entities].filter((box) => !isNote(box)).map(locate);
  const isVisible = (link) => !link.hidden;
  return [
    ...compareBoxes(expected, drawn),
    ...compareUnordered(
      scene.edges.filter(isVisible).map(describeEdge),
      drawing.links
        .filter(isVisible)
        .map((link) => describeLink({ ...link, from: lastName(link.from), to: lastName(link.to) })),
    ),
  ];
}

function compareSequence(scene, drawing) {
  const membersOf = (group) => scene.nodes.filter((node) => node.group === group.id).map((node) => node.id);
  return [
    ...compareBoxes(
      scene.nodes.map(({ id, label }) => ({ what: `participant ${id}`, id, label, parent: null })),
      drawing.entities.map(({ name, texts }) => ({ id: name, texts, parent: null })),
    ),
    // Zones have no identifier in a sequence diagram: their title and what stands in them is all there is to compare.
    ...compareUnordered(
      scene.groups.map((group) => describeZone(group.label, membersOf(group))),
      drawing.clusters.map(({ texts, members }) => describeZone(texts.join(''), members)),
    ),
    ...compareOrdered(scene.edges.filter((edge) => !edge.hidden).map(describeEdge), drawing.links.map(describeLink)),
  ];
}

function compareBoxes(expected, drawn) {
  const idsOf = (boxes) => new Set(boxes.map(({ id }) => id));
  const [expectedIds, drawnIds] = [idsOf(expected), idsOf(drawn)];
  const differences = [];
  if (expectedIds.size < expected.length) differences.push('the scene gives one identifier to two things');
  if (drawnIds.size < drawn.length) differences.push('one identifier is drawn twice');
  for (const { what, id, label, parent } of expected) {
    const box = drawn.find((candidate) => candidate.id === id);
    if (box === undefined) {
      differences.push(`${what} (${quote(label)}) is not drawn`);
      continue;
    }
    differences.push(...compareText(what, label, box.texts));
    if (box.parent !== parent) {
      differences.push(`${what} is drawn in ${box.parent ?? 'no group'} instead of ${parent ?? 'no group'}`);
    }
  }
  for (const { id, texts } of drawn) {
    if (!expectedIds.has(id)) differences.push(`${id} (${quote(texts.join(''))}) is drawn but is not in the scene`);
  }
  return differences;
}

function compareText(what, expected, texts) {
  const drawn = texts.join('');
  return squeeze(drawn) === squeeze(expected) ? [] : [`${what} reads ${quote(drawn)} instead of ${quote(expected)}`];
}

function compareUnordered(expected, drawn) {
  const missing = [...expected];
  const differences = [];
  for (const description of drawn) {
    const index = missing.indexOf(description);
    if (index < 0) differences.push(`${description} is drawn but is not in the scene`);
    else missing.splice(index, 1);
  }
  return [...missing.map((description) => `${description} is not drawn`), ...differences];
}

function compareOrdered(expected, drawn) {
  const differences = [];
  for (let i = 0; i < Math.max(expected.length, drawn.length); i += 1) {
    if (expected[i] !== drawn[i]) {
      differences.push(`message ${i + 1} is drawn as ${drawn[i] ?? 'nothing'} instead of ${expected[i] ?? 'nothing'}`);
    }
  }
  return differences;
}

/** Describes an arrow in words that are the same for two arrows exactly when a reader cannot tell them apart. */
function describeLink({ from, to, heads, dashed, texts }) {
  const arrow = ['--', '->', '<->'][heads];
  const ends = arrow === '->' ? [from, to] : [from, to].sort();
  const label = squeeze(texts.join(''));
  return [ends.join(` ${arrow} `), dashed ? 'dashed' : 'solid', ...(label === '' ? [] : [quote(label)])].join(' ');
}

function describeEdge({ from, to, directed, both, dashed, label }) {
  const heads = both ? 2 : directed ? 1 : 0;
  return describeLink({ from, to, heads, dashed, texts: [label ?? ''] });
}

function describeZone(label, members) {
  return `zone ${quote(squeeze(label))} of ${[...members].sort().join(', ')}`;
}

/** Splits the engine's name of a box, `g0.g1.n2`, into its own identifier and that of the frame around it. */
function locate({ name, texts }) {
  const path = name.split('.');
  return { id: path.at(-1), parent: path.at(-2) ?? null, texts };
}

function lastName(name) {
  return name.split('.').at(-1);
}

/** The engine makes up the names of notes. */
function isNote({ name }) {
  return /(?:^|\.)GMN\d+$/.test(name);
}

function squeeze(text) {
  return text.replace(/\s+/g, '');
}

function quote(text) {
  return JSON.stringify(text);
}
