/** What a registry asks for before it answers (RFC 9110, WWW-Authenticate). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const SCHEME = /([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*)(?: +|$|(?=,))/y;
const PARAMETER = /([A-Za-z][A-Za-z0-9_-]*) *= *(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/y;
const BETWEEN = /[\s,]*/y;

/** Reads what it can; what cannot be read ends it. */
export function challenges(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    next(BETWEEN);
    const parameter = next(PARAMETER);
    if (parameter !== null) {
      const [, name = '', quoted, plain = ''] = parameter;
      found.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain);
      continue;
    }
    const [, scheme] = next(SCHEME) ?? [];
    if (scheme === undefined) break;
    found.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
  }
  return found;
}
