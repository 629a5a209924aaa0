import type { Sha256 } from '../../../base/digest.ts';
import type { GateRule } from '../../../machine/gate-rule.ts';
import { drawSample } from '../../../domain/draw-sample.ts';
import {
  countsOf,
  itemKey,
  MOST_ITEMS,
  Note,
  Sample,
  type JudgedItem,
  type SampleMethod,
} from '../../../domain/sample.ts';
import { Label } from '../../../domain/text.ts';
import { sampleWords } from '../../../machine/acknowledgement.ts';
import type { Context } from '../context.ts';
import { CannotTell } from '../../../base/errors.ts';
import { escapeShown } from '../terminal/escape.ts';
import { counted } from '../views/notices.ts';
import { showPages } from '../views/pager.ts';
import { askChoice } from '../terminal/prompts.ts';
import { field, wrap, type Style } from '../terminal/style.ts';
import type { ItemOfIteration } from '../intake/run-items.ts';
import { itemLines } from '../intake/item-lines.ts';
import type { Transcripts } from './transcripts.ts';

const USUAL_SIZE = 20;
type Verdict = Pick<JudgedItem, 'verdict' | 'note'>;

export interface Taking {
  readonly context: Context;
  readonly transcripts: Transcripts;
  readonly rule: GateRule;
  readonly style: Style;
  readonly columns: number;
  /** What items at random are drawn with. */
  readonly seed: Sha256;
  /** The domain standard of the locked rubric, in words. */
  readonly standard: string;
  /** What the person judged already, by key; gains every verdict as it is given. */
  readonly judged: Map<string, JudgedItem>;
}

/**
 * Has an expert choose items and judge each by the domain standard. @returns what was judged; null where the policy lets
 * the expert leave it out. @throws CannotTell NOT_PERMITTED where the expert breaks off.
 */
export async function takeSample(taking: Taking): Promise<Sample | null> {
  const { context, transcripts, rule, columns } = taking;
  const { terminal } = context;
  terminal.say(wrap(invitation(taking), columns).join('\n'));
  terminal.say(field('standard:', taking.standard, columns, 10).join('\n'));
  const method = await askMethod(taking);
  if (method === 'none') return null;
  if (method === 'listed') return await listItems(taking);
  const keys = transcripts.items.map(({ key }) => key);
  const { seed } = taking;
  let size = method === 'all' ? keys.length : await askSize(taking, keys.length);
  for (;;) {
    const drawn = method === 'all' ? keys : drawSample(keys, size, seed);
    await judgeEach(taking, pick(transcripts, drawn));
    const sample = Sample.parse({
      method,
      ...(method === 'random' && { seed }),
      population: keys.length,
      items: pick(transcripts, [...drawn].sort()).map((item) => verdictOn(taking, item) ?? judged(item)),
    });
    const { judged: done, size: chosen } = countsOf(sample);
    terminal.say(wrap(sampleWords(sample), columns).join('\n'));
    const missing = rule.sample === null ? 0 : rule.sample.judged - done;
    const isEnough = missing <= 0 || (method === 'all' && done === chosen);
    if (
      isEnough ||
      !(await terminal.confirm(`the policy asks for ${counted(missing, 'more judged item')}; go on judging?`))
    )
      return sample;
    if (done === chosen) size = Math.min(keys.length, size + missing);
  }
}

function invitation({ transcripts, rule: { sample } }: Taking): string {
  const there = counted(transcripts.items.length, 'item');
  const asked =
    sample === null
      ? 'The policy leaves the size of the sample to you.'
      : `The policy asks for ${counted(sample.judged, 'judged item')}${sample.met === '0' ? '' : `, a share of ${sample.met} of which meets the standard`}.`;
  return `Your sample: the transcripts hold ${there}. ${asked} What you judge is recorded with your decision.`;
}

async function askMethod({ context, transcripts, rule, columns }: Taking): Promise<SampleMethod | 'none'> {
  const methods = (rule.sample?.methods ?? ['all', 'listed', 'random']).filter(
    (method) =>
      method === 'listed' ||
      (!transcripts.isPartial &&
        transcripts.items.length > 0 &&
        (method === 'random' || transcripts.items.length <= MOST_ITEMS)),
  );
  if (transcripts.isPartial) {
    const line = 'Transcripts are confidential and not at hand, so nothing can be drawn from all items:';
    context.terminal.say([...wrap(line, columns), ...transcripts.summary].join('\n'));
  }
  if (methods.length === 0 && transcripts.isPartial) {
    throw new CannotTell(
      'NO_INPUT',
      'the policy asks for items that are drawn, and not all transcripts are at hand',
      {
        remedy: 'open them with modelsmith unseal, then approve with --confidential-from <folder>',
      },
    );
  }
  if (methods.length === 0) {
    throw new CannotTell(
      'NO_INPUT',
      'the transcripts hold no items that could be drawn, and the policy asks for that',
      {
        remedy: 'record the outputs with the run (for lm-eval: --log_samples), then evaluate again',
      },
    );
  }
  const choices = [...[...methods].reverse(), ...(rule.sample === null ? (['none'] as const) : [])];
  const preferred = choices.includes('random') ? 'random' : (choices.at(-1) ?? 'listed');
  const answer = await askChoice(
    context,
    `how are the items chosen? (Enter: ${preferred})`,
    choices,
    preferred,
  );
  return answer;
}

async function askSize({ context, rule }: Taking, population: number): Promise<number> {
  const usual = Math.min(population, Math.max(rule.sample?.judged ?? 0, USUAL_SIZE));
  for (;;) {
    const answer = (await context.terminal.ask(`how many of ${population} items? (Enter: ${usual})`)).trim();
    const size = answer === '' ? usual : /^\d{1,8}$/.test(answer) ? Number(answer) : 0;
    if (size >= 1 && size <= Math.min(population, MOST_ITEMS)) return size;
    context.terminal.say(`a whole number from 1 to ${Math.min(population, MOST_ITEMS)}`);
  }
}

/** One item after another; what was judged already is passed over, and can be gone back to. */
async function judgeEach(taking: Taking, items: readonly ItemOfIteration[]): Promise<void> {
  const { context, style, columns } = taking;
  const { terminal } = context;
  let at = items.findIndex((item) => isOpen(verdictOn(taking, item)));
  while (at >= 0 && at < items.length) {
    const item = items[at];
    if (item === undefined) return;
    terminal.say(`\nitem ${at + 1} of ${items.length}`);
    await showPages(terminal, itemLines(item, style, columns));
    const said = await askVerdict(terminal, `item ${at + 1}`);
    if (said === 'back') at = Math.max(0, at - 1);
    else {
      taking.judged.set(item.key, judged(item, said));
      const next = items.findIndex((each, index) => index > at && isOpen(verdictOn(taking, each)));
      at = next < 0 ? items.length : next;
    }
  }
}

/** What was said of this very output. */
function verdictOn({ judged: known }: Taking, { key, sha256 }: ItemOfIteration): JudgedItem | undefined {
  const found = known.get(key);
  return found?.sha256 === sha256 ? found : undefined;
}

function isOpen(verdict: Verdict | undefined): boolean {
  return verdict === undefined || verdict.verdict === 'not-judged';
}

const WORDS = { m: 'met', n: 'not-met', s: 'not-judged' } as const;

/** A letter, and behind it a note. */
async function askVerdict(terminal: Context['terminal'], what: string): Promise<Verdict | 'back'> {
  for (;;) {
    const answer = (
      await terminal.ask(
        `${what}: m meets the standard, n does not, s skip, b back, q break off (a note may follow the letter):`,
      )
    ).trim();
    const [, letter = '', note = ''] = /^([a-z])(?:\s+(.*))?$/iu.exec(answer) ?? [];
    const word = letter.toLowerCase();
    if (word === 'q') throw new CannotTell('NOT_PERMITTED', 'broken off; nothing was changed');
    if (word === 'b') return 'back';
    if (word === 'm' || word === 'n' || word === 's') {
      const words = Note.safeParse(note.trim());
      if (note.trim() === '') return { verdict: WORDS[word] };
      if (words.success) return { verdict: WORDS[word], note: words.data };
      terminal.say(`the note ${words.error.issues[0]?.message ?? 'is wrong'}`);
    } else terminal.say('one of the letters m, n, s, b, q');
  }
}

/** Items by name: of the transcripts, or inputs of the expert's own. */
async function listItems(taking: Taking): Promise<Sample | null> {
  const { context, transcripts, style, columns } = taking;
  const { terminal } = context;
  const byKey = new Map(transcripts.items.map((item) => [item.key, item]));
  // Of what was judged before only what is there as it was, and what the expert brought.
  const items = new Map(
    [...taking.judged].filter(
      ([key, { sha256 }]) => sha256 === undefined || byKey.get(key)?.sha256 === sha256,
    ),
  );
  if (items.size > 0)
    terminal.say(
      `${counted(items.size, 'item')} judged before: ${[...items.keys()].map(escapeShown).join(', ')}`,
    );
  terminal.say(
    wrap(
      'Name each item: one of the transcripts as <run>/<task>/<item>, or an input of your own in a few words.',
      columns,
    ).join('\n'),
  );
  for (;;) {
    const name = (await terminal.ask(`item ${items.size + 1} (Enter: no more)`)).trim();
    if (name === '') break;
    const found = byKey.get(name);
    const label = Label.safeParse(name);
    if (found === undefined && !label.success) {
      terminal.say(`the name ${label.error.issues[0]?.message ?? 'is wrong'}`);
      continue;
    }
    if (found !== undefined) await showPages(terminal, itemLines(found, style, columns));
    const said = await askVerdict(terminal, escapeShown(name));
    if (said === 'back') continue;
    const item = found === undefined ? { task: 'own', item: name, ...said } : judged(found, said);
    items.set(itemKey(item), item);
    taking.judged.set(itemKey(item), item);
  }
  if (items.size === 0) return null;
  const sample = Sample.parse({ method: 'listed', items: [...items.values()].sort(byKeyOrder) });
  terminal.say(wrap(sampleWords(sample), columns).join('\n'));
  return sample;
}

/** The order in which they are recorded. */
function byKeyOrder(one: JudgedItem, other: JudgedItem): number {
  return itemKey(one) < itemKey(other) ? -1 : 1;
}

function pick({ items }: Transcripts, keys: readonly string[]): readonly ItemOfIteration[] {
  const byKey = new Map(items.map((item) => [item.key, item]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

function judged(
  { run, task, item, sha256 }: ItemOfIteration,
  said: Verdict = { verdict: 'not-judged' },
): JudgedItem {
  return { run, task, item, sha256, ...said };
}
