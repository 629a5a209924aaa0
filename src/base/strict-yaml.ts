import {
  Composer,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  visit,
  type Document,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Place } from './errors.ts';
import { parsed, unparsable, type Parsed } from './problem.ts';
import { decodeUtf8 } from './utf8.ts';
import { yamlTokens, type YamlFault } from './yaml-tokens.ts';

/**
 * YAML 1.2 (core schema) without the parts that let one text mean two things: no anchors, aliases, tags, merge keys,
 * duplicate keys, directives or second document. Numbers with a fraction are handed on as their text, so that a
 * decimal is what was written and not its nearest binary value.
 */
export interface StrictYaml {
  readonly value: unknown;
  /** Where a key path lies in the text. */
  placeOf(path: readonly PropertyKey[]): Place;
}

const MAX_BYTES = 1024 * 1024;

export function parseStrictYaml(bytes: Uint8Array, file: string): Parsed<StrictYaml> {
  if (bytes.length > MAX_BYTES) return unparsable({ file }, `is larger than ${MAX_BYTES} bytes`);
  const text = decodeUtf8(bytes);
  if (text === null) return unparsable({ file }, 'is not valid UTF-8');
  if (text.startsWith('\ufeff'))
    return unparsable({ file, line: 1 }, 'starts with a byte order mark; save it without one');
  const lines = new LineCounter();
  const place = (offset: number | null): Place =>
    offset === null ? { file } : { file, line: lines.linePos(offset).line };
  const source = yamlTokens(text, lines);
  if (source.kind === 'fault') return unparsable(place(source.fault.offset), source.fault.message);
  const [document, second] = new Composer(OPTIONS).compose(source.tokens);
  if (document === undefined) return unparsable({ file }, 'is empty');
  if (second !== undefined) return unparsable(place(second.range[0]), 'holds a second document');
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined)
    return unparsable(place(problem.pos[0]), `is not YAML: ${problem.message.split('\n')[0] ?? ''}`);
  const odd = firstOddity(document);
  if (odd !== null) return unparsable(place(odd.offset), odd.message);
  keepFractionsAsText(document);
  return parsed({
    value: document.toJS({ maxAliasCount: 0 }) as unknown,
    placeOf: (path) => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return { ...place(node.range[0]), key: path.map(String).join('.') };
      }
      return { file, key: path.map(String).join('.') };
    },
  });
}

/** The library looks for a key given twice in time that grows with the square of their number; so that is done here. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  strict: true,
} as const;

function firstOddity(document: Document): YamlFault | null {
  const found: YamlFault[] = [];
  const odd = (node: unknown, message: string): symbol => {
    found.push({ offset: isNode(node) ? (node.range?.[0] ?? 0) : 0, message });
    return visit.BREAK;
  };
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) return odd(node, 'uses an alias; write the value out');
      if (node.anchor !== undefined) return odd(node, 'uses an anchor; write the value out');
      if (node.tag !== undefined) return odd(node, 'uses a tag; write the plain value');
      const again = isMap(node) ? keyGivenTwice(node) : null;
      if (again !== null) return odd(again, 'is a key given twice');
      const number = isScalar(node) && typeof node.value === 'number' ? node.value : 0;
      return Number.isFinite(number) ? undefined : odd(node, 'is not a finite number');
    },
    Pair(_key, pair) {
      const plain = isScalar(pair.key) && typeof pair.key.value === 'string';
      return plain ? undefined : odd(pair.key, 'has a key that is not plain text');
    },
  });
  const directives = document.directives;
  const handles = Object.keys(directives?.tags ?? {}).filter((handle) => handle !== '!!');
  if (directives?.yaml.explicit === true || handles.length > 0) odd(document.contents, 'uses a directive');
  return found[0] ?? null;
}

/** Only keys of plain text; no others pass. */
function keyGivenTwice(map: YAMLMap): Scalar | null {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) return key;
    seen.add(key.value);
  }
  return null;
}

function keepFractionsAsText(document: Document): void {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' && !Number.isSafeInteger(node.value))
        node.value = node.source ?? String(node.value);
    },
  });
}
