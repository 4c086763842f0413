// The part of a browser that the PlantUML engine needs in order to draw: a tree to build the SVG in, a way to write
// that tree down, and a ruler for text. Whatever else the engine asks for (bitmaps, sprites, imported SVG) is missing
// on purpose: no diagram of ours may need it, and a call to it throws, which the harness reports as a failed drawing.

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/** Makes the globals of a browser page that the engine looks for. */
export function installBrowser() {
  globalThis.window = globalThis;
  globalThis.self = globalThis;
  globalThis.document = {
    baseURI: 'http://localhost/',
    body: new Element('body'),
    head: new Element('head'),
    currentScript: null,
    createElement: (name) => new Element(name),
    createElementNS: (_namespace, name) => new Element(name),
    createTextNode: (text) => new Text(text),
    createComment: (text) => new Comment(text),
    createProcessingInstruction: (target, text) => new ProcessingInstruction(target, text),
    getElementById: () => null,
  };
  globalThis.XMLSerializer = class {
    serializeToString(node) {
      return node.toXml();
    }
  };
}

class Node {
  parentNode = null;

  get ownerDocument() {
    return globalThis.document;
  }
}

class Element extends Node {
  nodeType = 1;
  namespaceURI = SVG_NAMESPACE;
  childNodes = [];
  style = {};
  #attributes = new Map();

  constructor(name) {
    super();
    this.nodeName = name;
    this.tagName = name;
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }

  appendChild(child) {
    return this.insertBefore(child, null);
  }

  insertBefore(child, next) {
    child.parentNode?.removeChild(child);
    const index = next === null ? this.childNodes.length : this.childNodes.indexOf(next);
    this.childNodes.splice(index, 0, child);
    child.parentNode = this;
    return child;
  }

  removeChild(child) {
    this.childNodes.splice(this.childNodes.indexOf(child), 1);
    child.parentNode = null;
    return child;
  }

  setAttribute(name, value) {
    this.#attributes.set(name, String(value));
  }

  setAttributeNS(_namespace, name, value) {
    this.setAttribute(name, value);
  }

  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  hasAttribute(name) {
    return this.#attributes.has(name);
  }

  get textContent() {
    return this.childNodes.map((child) => child.textContent).join('');
  }

  set textContent(text) {
    this.childNodes = [];
    this.appendChild(new Text(text));
  }

  /** The box of a `<text>`: the engine puts one in the page for a moment to learn how large it is. */
  getBBox() {
    const size = Number(this.getAttribute('font-size') ?? DEFAULT_FONT_SIZE);
    const font = `${this.getAttribute('font-weight') ?? 'normal'} ${size}px ${this.getAttribute('font-family') ?? ''}`;
    return { x: 0, y: -size * ASCENT, width: textWidth(this.textContent, font), height: size * (ASCENT + DESCENT) };
  }

  /** A canvas that cannot paint, only measure: the engine's other ruler. */
  getContext() {
    return {
      font: `${DEFAULT_FONT_SIZE}px sans-serif`,
      measureText(text) {
        const size = fontSize(this.font);
        return {
          width: textWidth(text, this.font),
          fontBoundingBoxAscent: size * ASCENT,
          fontBoundingBoxDescent: size * DESCENT,
          actualBoundingBoxAscent: size * ASCENT,
          actualBoundingBoxDescent: size * DESCENT,
        };
      },
    };
  }

  toXml() {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${escapeXml(value)}"`).join('');
    const content = this.childNodes.map((child) => child.toXml()).join('');
    return `<${this.nodeName}${attributes}${content === '' ? '/>' : `>${content}</${this.nodeName}>`}`;
  }
}

class Text extends Node {
  nodeType = 3;
  nodeName = '#text';

  constructor(text) {
    super();
    this.data = String(text);
  }

  get textContent() {
    return this.data;
  }

  toXml() {
    return escapeXml(this.data);
  }
}

class Comment extends Text {
  nodeType = 8;
  nodeName = '#comment';

  get textContent() {
    return '';
  }

  toXml() {
    return `<!--${this.data}-->`;
  }
}

class ProcessingInstruction extends Comment {
  nodeType = 7;

  constructor(target, text) {
    super(text);
    this.nodeName = target;
  }

  toXml() {
    return `<?${this.nodeName} ${this.data}?>`;
  }
}

function escapeXml(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}

const DEFAULT_FONT_SIZE = 10;
const ASCENT = 0.93;
const DESCENT = 0.24;

// The advance widths of Helvetica, in hundredths of an em. A real font would differ from machine to machine, and with
// it every coordinate of the picture; layout needs no more than a fair guess.
const WIDTHS = new Map(
  Object.entries({
    19: "'",
    22: 'ijl',
    26: '|',
    28: ' !,./:;I[\\]ft',
    33: '()-`r{}',
    36: '"',
    39: '*',
    47: '^',
    50: 'Jckvsxyz',
    56: '#$0123456789?L_abdeghnopqu',
    58: '+<=>~',
    61: 'FTZ',
    67: '&ABEKPSVXY',
    72: 'CDHNRUw',
    78: 'GOQ',
    83: 'Mm',
    89: '%',
    94: 'W',
    102: '@',
  }).flatMap(([width, characters]) => [...characters].map((character) => [character, Number(width)])),
);
const OTHER_WIDTH = 60;
const MONOSPACED_WIDTH = 60;
const WIDE_WIDTH = 100;
const BOLD_FACTOR = 1.06;
const MONOSPACED = /mono|courier|consolas|hack/i;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF00-\uFF60]/u;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Measures a text, set in a font like `bold 14px sans-serif`, in pixels. The same everywhere and always. */
export function textWidth(text, font) {
  const isMonospaced = MONOSPACED.test(font);
  let hundredths = 0;
  for (const character of String(text)) {
    if (WITHOUT_WIDTH.test(character)) continue;
    if (WIDE.test(character)) hundredths += WIDE_WIDTH;
    else if (isMonospaced) hundredths += MONOSPACED_WIDTH;
    else hundredths += WIDTHS.get(character) ?? OTHER_WIDTH;
  }
  return (hundredths / 100) * fontSize(font) * (/\bbold\b/.test(font) ? BOLD_FACTOR : 1);
}

function fontSize(font) {
  return Number(/(\d+(?:\.\d+)?)px/.exec(font)?.[1] ?? DEFAULT_FONT_SIZE);
}
