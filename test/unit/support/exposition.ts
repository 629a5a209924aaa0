/** A reader of the text exposition format of Prometheus 0.0.4 that refuses what the format does not allow. */

export type Sample = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;

/** @throws where a line is not of the format, a family is said twice, or its samples do not follow it. */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const series = new Set<string>();
  let name = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, helped, help] = new RegExp(`^# HELP (${NAME}) (.*)$`).exec(line) ?? [];
    const [, typed, type] = new RegExp(`^# TYPE (${NAME}) (gauge|summary)$`).exec(line) ?? [];
    const [, sample = '', labels = '', value = ''] =
      new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN)$`).exec(line) ?? [];
    const family = families.get(name);
    if (helped !== undefined && help !== undefined) {
      if (families.has(helped)) throw new Error(`${helped} is said twice`);
      name = helped;
      families.set(name, { type: '', help: unescape(help), samples: [] });
    } else if (typed !== undefined && type !== undefined) {
      if (typed !== name || family?.type !== '' || family.samples.length > 0)
        throw new Error(`the type of ${typed} is out of place`);
      family.type = type;
    } else {
      const suffixes = family?.type === 'summary' ? ['', '_sum', '_count'] : [''];
      if (family === undefined || !suffixes.some((suffix) => sample === `${name}${suffix}`))
        throw new Error(`no sample of ${name}: ${line}`);
      const key = `${sample}{${labels}}`;
      if (series.has(key)) throw new Error(`${key} is said twice`);
      series.add(key);
      family.samples.push([sample, parseLabels(labels), Number(value)]);
    }
  }
  return families;
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const [whole = '', name = '', value = ''] = LABEL.exec(rest) ?? [];
    if (whole === '' || name in labels) throw new Error(`no labels: ${text}`);
    labels[name] = unescape(value);
    rest = rest.slice(whole.length);
  }
  return labels;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character));
}
