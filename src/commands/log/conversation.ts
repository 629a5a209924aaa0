import { sampleWords } from '../../machine/acknowledgement.ts';
import type { View } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { brief } from '../shared/terminal/layout.ts';
import { quoted, styleOf, wrap, type Style } from '../shared/terminal/style.ts';
import type { LoggedAct } from './acts.ts';

/** What was done and said about one iteration, in order; a comment lies under the latest of the entries it is about. */
export function conversationLines(acts: readonly LoggedAct[], { columns, color }: View): readonly string[] {
  const style = styleOf(color);
  const under = new Map<string, readonly LoggedAct[]>();
  const names = new Map<string, string>();
  const first: LoggedAct[] = [];
  for (const act of acts) {
    // What it is about comes before it, so the latest is the last one seen so far.
    const parent = [...names.keys()].findLast((id) => act.about.includes(id));
    if (parent === undefined) first.push(act);
    else under.set(parent, [...(under.get(parent) ?? []), act]);
    if (act.entry !== null) names.set(act.entry, `${act.act} by ${act.signer}`);
  }
  const block = (act: LoggedAct, depth: number): readonly string[] => [
    ...actLines(act, names, { columns, depth, style }),
    ...(under.get(act.entry ?? '') ?? []).flatMap((reply) => block(reply, depth + 1)),
  ];
  return first.flatMap((act) => block(act, 0));
}

interface Place {
  readonly columns: number;
  /** How far down in a conversation. */
  readonly depth: number;
  readonly style: Style;
}

const STEP = 4;
/** Deeper replies are not moved further in: there has to be room for words. */
const DEEPEST = 4;

function actLines(
  act: LoggedAct,
  names: ReadonlyMap<string, string>,
  { columns, depth, style }: Place,
): readonly string[] {
  const { time, entry, commit, signer, role, what, reason } = act;
  const indent = ' '.repeat(STEP * Math.min(depth, DEEPEST));
  const inner = `${indent}${' '.repeat(STEP)}`;
  const lines = (text: string, before: string): readonly string[] =>
    wrap(text, columns - before.length).map((line) => `${before}${line}`);
  const named = (ids: readonly string[]): string =>
    ids.map((id) => `${brief(id)} (${names.get(id) ?? 'an entry of the line'})`).join(', ');
  const who = `${signer}${role === null ? '' : ` (${role})`}`;
  const [head = '', ...rest] = lines(`${time}  ${brief(entry ?? commit)}  ${who}: ${act.act}`, indent);
  return [
    style.bold(head),
    ...rest,
    ...(act.about.length > 0 ? lines(`about ${named(act.about)}`, inner) : lines(escapeShown(what), inner)),
    ...(act.withdraws === null ? [] : lines(`takes back ${named([act.withdraws])}`, inner)),
    ...(act.answers.length === 0 ? [] : lines(`answers ${named(act.answers)}`, inner)),
    ...(act.sample === null ? [] : lines(`judged ${sampleWords(act.sample)}`, inner)),
    ...(reason === null ? [] : quoted(reason, columns, `${inner}| `)),
  ];
}
