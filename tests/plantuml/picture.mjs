// Reads a picture that PlantUML drew back into what it shows: boxes, frames, arrows and their texts.
//
// In component diagrams the SVG says what is what: each box is a group with the class `entity`, each frame a `cluster`,
// each arrow a `link`. In sequence diagrams it says next to nothing, so participants, zones and messages are recognized
// by where their lines lie.

import { textWidth } from './dom.mjs';

/**
 * Reads an SVG of PlantUML.
 *
 * An entity is `{name, texts}`, the name being qualified by those of the frames around it (`g0.g1.n2`). A link is
 * `{from, to, heads, dashed, hidden, texts}`; one with a single head is turned so that it points at `to`. Participants
 * have no names in the picture: `name` is their position from left to right.
 */
export function readPicture(svg) {
  const root = parse(svg);
  const [, , width, height] = (root.attributes.viewBox ?? '').split(' ').map(Number);
  const canvas = root.children.find((child) => child.name === 'g')?.children ?? [];
  const lifelines = findLifelines(canvas);
  const contents = lifelines.length > 0 ? readSequence(canvas, lifelines) : readGraph(canvas);
  return {
    ...contents,
    kind: lifelines.length > 0 ? 'sequence' : 'graph',
    title: textsOf(canvas.find((child) => child.attributes.class === 'title')),
    texts: textsOf(root),
    width,
    height,
  };
}

/**
 * Finds the engine's own words in a picture that shows no diagram, as `{line, message}`.
 *
 * A syntax error is drawn as the lines read so far, the last of them the wrong one, and a sentence below.
 */
export function readComplaint(texts) {
  const said = texts.map((text) => text.trim()).filter((text) => text !== '');
  const at = said.findIndex((text) => /^\[From .*\(line \d+\)/.test(text));
  if (at < 0) return { line: 1, message: said.join(' ') || 'the picture is empty' };
  const [sentence, wrongLine] = said.slice(at + 1).reverse();
  return { line: Number(/\(line (\d+)\)/.exec(said[at])[1]), message: `${sentence}: ${wrongLine}` };
}

// Component diagrams

function readGraph(canvas) {
  const ofClass = (name) => canvas.filter((child) => child.attributes.class === name);
  const read = (group) => ({ name: group.attributes['data-qualified-name'], texts: textsOf(group) });
  const names = new Map(
    [...ofClass('cluster'), ...ofClass('entity')].map(({ attributes }) => [
      attributes.id,
      attributes['data-qualified-name'],
    ]),
  );
  return {
    clusters: ofClass('cluster').map(read),
    entities: ofClass('entity').map(read),
    links: ofClass('link').map((group) => readLink(group, names)),
  };
}

function readLink(group, names) {
  const ends = [group.attributes['data-entity-1'], group.attributes['data-entity-2']].map((id) => names.get(id) ?? id);
  const path = group.children.find((child) => child.name === 'path');
  // A hidden arrow takes part in the layout, and leaves an empty group.
  if (path === undefined) return { from: ends[0], to: ends[1], heads: 0, dashed: false, hidden: true, texts: [] };

  // The path leads from the first entity to the second. That need not be how the arrow points: the engine swaps the
  // ends of arrows that go up or left. Where the tips lie tells.
  const points = coordinates(path.attributes.d);
  const [start, end] = [points[0], points.at(-1)];
  const tips = group.children
    .filter((child) => child.name === 'polygon')
    .map((head) => coordinates(head.attributes.points)[0]);
  const isAtStart = tips.map((tip) => distance(tip, start) < distance(tip, end));
  const [from, to] = isAtStart.length === 1 && isAtStart[0] ? [ends[1], ends[0]] : ends;
  return {
    from,
    to,
    heads: tips.length,
    dashed: 'stroke-dasharray' in path.attributes,
    hidden: false,
    texts: textsOf(group),
  };
}

// Sequence diagrams

// How far the end of an arrow's line may lie from its head: the engine shortens the line for the head to look sharp.
const HEAD_REACH = 12;
// Coordinates are rounded to hundredths, lifelines are a pixel wide.
const TOLERANCE = 1;

/** Finds the vertical lines below the participants, from left to right. A pause (`...`) breaks them into pieces. */
function findLifelines(canvas) {
  const lifelines = new Map();
  for (const child of canvas.filter(isLifeline)) {
    const { x1: x, y1: top, y2: bottom } = numbers(child.children.find((part) => part.name === 'line'));
    const known = lifelines.get(x);
    lifelines.set(x, { x, top: Math.min(top, known?.top ?? top), bottom: Math.max(bottom, known?.bottom ?? bottom) });
  }
  return [...lifelines.values()].sort((a, b) => a.x - b.x);
}

/** Lifelines alone carry a tooltip, with the participant's name mangled. */
function isLifeline(element) {
  return element.name === 'g' && element.children[0]?.name === 'title';
}

function readSequence(canvas, lifelines) {
  const first = canvas.findIndex(isLifeline);
  const nearest = (x) =>
    lifelines.reduce((best, { x: at }, i) => (Math.abs(at - x) < Math.abs(lifelines[best].x - x) ? i : best), 0);
  const heading = joinWords(
    canvas.slice(first).filter((child) => child.name === 'text' && numbers(child).y < lifelines[0].top),
  );
  return {
    clusters: findZones(canvas.slice(0, first), lifelines),
    entities: lifelines.map((_, index) => ({
      name: index,
      texts: heading.filter((line) => nearest(line.middle) === index).map((line) => line.text),
    })),
    links: findMessages(canvas.slice(first), lifelines, nearest),
  };
}

/** Finds the titled boxes behind the participants, as `{name, texts, members}`; members are positions of lifelines. */
function findZones(background, lifelines) {
  const zones = [];
  for (const [i, child] of background.entries()) {
    if (child.name !== 'rect' || background[i + 1]?.name !== 'text') continue;
    const { x, width } = numbers(child);
    const after = background.slice(i + 1);
    const nTexts = after.findIndex((next) => next.name !== 'text');
    zones.push({
      name: zones.length,
      texts: after.slice(0, nTexts < 0 ? after.length : nTexts).flatMap(textsOf),
      members: [...lifelines.keys()].filter((index) => x < lifelines[index].x && lifelines[index].x < x + width),
    });
  }
  return zones;
}

/** Finds the horizontal lines between lifelines that end in an arrow head, each with its text. */
function findMessages(foreground, lifelines, nearest) {
  const { top, bottom } = lifelines[0];
  return splitIntoRuns(foreground).flatMap(({ strokes, texts }) => {
    const messages = readArrows(strokes, nearest).filter(({ y }) => top < y && y < bottom);
    // The strokes before a text are one arrow, or several of which only the last has a text. It stands above the line;
    // what stands below belongs to something else, such as a pause.
    return messages.map(({ y, ...message }, i) => {
      const isLast = i === messages.length - 1;
      const label = isLast ? texts.filter((text) => numbers(text).y < y) : [];
      return { ...message, texts: withoutNumber(label).map(({ text }) => text) };
    });
  });
}

/** Splits the elements into runs of strokes, each with the texts that follow it at once. */
function splitIntoRuns(elements) {
  const runs = [];
  let run = { strokes: [], texts: [] };
  for (const element of elements) {
    const isText = element.name === 'text';
    const isStroke = ['line', 'polygon', 'circle'].includes(element.name);
    const continues = isText || (isStroke && run.texts.length === 0);
    if (!continues) {
      runs.push(run);
      run = { strokes: [], texts: [] };
    }
    if (isText) run.texts.push(element);
    if (isStroke) run.strokes.push(element);
  }
  return [...runs, run];
}

function readArrows(strokes, nearest) {
  const lines = strokes.filter((stroke) => stroke.name === 'line').map((line) => ({ line, ...numbers(line) }));
  const heads = strokes
    .filter((stroke) => stroke.name === 'polygon')
    .map((head) => box(coordinates(head.attributes.points)));
  for (const { x1, y1, x2, y2 } of lines) {
    if (x1 !== x2 && y1 !== y2)
      heads.push(
        box([
          [x1, y1],
          [x2, y2],
        ]),
      );
  }
  const hasHead = (x, y) =>
    heads.some(
      (head) =>
        head.top - TOLERANCE < y &&
        y < head.bottom + TOLERANCE &&
        head.left - HEAD_REACH < x &&
        x < head.right + HEAD_REACH,
    );

  return lines
    .filter(({ y1, y2 }) => y1 === y2)
    .map(({ line, x1, x2, y1: y }) => {
      const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)];
      // A message to oneself leaves to the right and comes back a little lower; only the way back has a head.
      const comesBack = lines.some(
        (other) => other.x1 === other.x2 && other.x1 === right && Math.max(other.y1, other.y2) === y,
      );
      const [pointsLeft, pointsRight] = [hasHead(left, y), !comesBack && hasHead(right, y)];
      const ends = [nearest(left), comesBack ? nearest(left) : nearest(right)];
      const [from, to] = pointsLeft && !pointsRight ? [ends[1], ends[0]] : ends;
      const heads = Number(pointsLeft) + Number(pointsRight);
      return { y, from, to, heads, dashed: 'stroke-dasharray' in line.attributes, hidden: false };
    })
    .filter((arrow) => arrow.heads > 0);
}

/** Drops the number that `autonumber` puts before a message. */
function withoutNumber(texts) {
  const isNumber =
    texts.length > 0 && texts[0].attributes['font-weight'] === 'bold' && /^\d+$/.test(texts[0].text.trim());
  return isNumber ? texts.slice(1) : texts;
}

/** Joins the words of a line, which the engine may draw one by one, and finds the middle of each line. */
function joinWords(texts) {
  const lines = [];
  for (const element of texts) {
    const { x, y } = numbers(element);
    const { 'font-weight': weight = 'normal', 'font-size': size, 'font-family': family } = element.attributes;
    const right = x + textWidth(element.text, `${weight} ${size}px ${family}`);
    const last = lines.at(-1);
    if (last?.y === y && Math.abs(last.right - x) < TOLERANCE) {
      last.text += element.text;
      last.right = right;
    } else {
      lines.push({ text: element.text, y, left: x, right });
    }
  }
  return lines.map((line) => ({ ...line, middle: (line.left + line.right) / 2 }));
}

// Geometry

function numbers(element) {
  return Object.fromEntries(Object.entries(element.attributes).map(([name, value]) => [name, Number(value)]));
}

function coordinates(path) {
  const values = [...path.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
  return values.flatMap((value, i) => (i % 2 === 0 ? [[value, values[i + 1]]] : []));
}

function box(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function distance([x1, y1], [x2, y2]) {
  return Math.hypot(x1 - x2, y1 - y2);
}

// XML

function descendants(element) {
  return [element, ...element.children.flatMap(descendants)];
}

function textsOf(element) {
  if (element === undefined) return [];
  return descendants(element)
    .filter((child) => child.name === 'text')
    .map((child) => child.text);
}

/** Reads the XML that our own DOM writes: elements, texts, and instructions or comments, which are skipped. */
function parse(xml) {
  const root = { name: '#root', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<[?!][^>]*>|<\/[^>]+>|<([^\s/>]+)((?:\s+[^\s=]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;
  for (const [tag, name, attributes, isEmpty, text] of xml.matchAll(token)) {
    if (text !== undefined) open.at(-1).text += unescapeXml(text);
    else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/([^\s=]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescapeXml(value)]);
      const element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
      open.at(-1).children.push(element);
      if (isEmpty === '') open.push(element);
    } else if (tag.startsWith('</')) open.pop();
  }
  return root.children[0] ?? root;
}

function unescapeXml(text) {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
