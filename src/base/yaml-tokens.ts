import { Lexer, Parser, type CST, type LineCounter } from 'yaml';

/** Words, marks and line ends of one text. Reading takes time and memory by these, not by bytes. */
export const MAX_YAML_TOKENS = 200_000;

/** Lists and maps inside each other. Without a limit of its own the depth of the stack would decide what is read. */
export const MAX_YAML_DEPTH = 32;

/** What is wrong, and where in the text. */
export interface YamlFault {
  /** Null for the text as a whole. */
  readonly offset: number | null;
  readonly message: string;
}

export type YamlTokens =
  | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] }
  | { readonly kind: 'fault'; readonly fault: YamlFault };

/** The syntax tree of a text that is not too much, counted before anything is built from it. */
export function yamlTokens(text: string, lines: LineCounter): YamlTokens {
  const lexemes = new Lexer().lex(text);
  for (let count = 0; lexemes.next().done !== true; count += 1)
    if (count === MAX_YAML_TOKENS) return fault(null, `has more than ${MAX_YAML_TOKENS} words and marks`);
  const tokens: CST.Token[] = [];
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    // The first error ends it; some texts are nothing but errors.
    if (token.type === 'error') return fault(token.offset, token.message);
    tokens.push(token);
  }
  const deep = tokens.map(tooDeep).find((found) => found !== null);
  return deep === undefined
    ? { kind: 'tokens', tokens }
    : fault(deep.offset, `has more than ${MAX_YAML_DEPTH} lists and maps inside each other`);
}

/** Walked without recursion, for the same reason. */
function tooDeep(top: CST.Token): CST.Token | null {
  const waiting: (readonly [CST.Token, number])[] = [[top, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [token, depth] = next;
    if (token.type === 'document' && token.value !== undefined) waiting.push([token.value, depth]);
    if (!('items' in token)) continue;
    if (depth === MAX_YAML_DEPTH) return token;
    for (const { key, value } of token.items)
      for (const below of [key, value]) if (below != null) waiting.push([below, depth + 1]);
  }
  return null;
}

function fault(offset: number | null, message: string): YamlTokens {
  return { kind: 'fault', fault: { offset, message } };
}
