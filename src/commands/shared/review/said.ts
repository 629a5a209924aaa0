import * as z from 'zod';
import { canonicalJson, printJson } from '../../../base/canonical-json.ts';
import { sha256 } from '../../../base/digest.ts';
import { CannotTell } from '../../../base/errors.ts';
import { IterationId, Time, toTime } from '../../../domain/names.ts';
import { itemKey, JudgedItem, MOST_ITEMS } from '../../../domain/sample.ts';
import { Text } from '../../../domain/text.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import { escapeShown } from '../terminal/escape.ts';
import { counted } from '../views/notices.ts';
import { quoted, wrap } from '../terminal/style.ts';
import type { Desk } from '../opening/write.ts';

/** What a person says in a review, as it is said: what is not signed in the end is kept, and offered the next time. */
export interface Said {
  /** Null until it was given. */
  reason: string | null;
  /** By key. */
  readonly judged: Map<string, JudgedItem>;
}

/** Whose words on what. */
export interface About {
  readonly iteration: IterationId;
  readonly act: string;
}

const SCHEMA = 'modelsmith/unsigned/v1';
const Kept = z.strictObject({
  schema: z.literal(SCHEMA),
  iteration: IterationId,
  act: z.string(),
  saved: Time,
  reason: Text.nullable(),
  judged: z.array(JudgedItem).max(MOST_ITEMS),
});

export function nothingSaid(): Said {
  return { reason: null, judged: new Map() };
}

/** What the person said of the same the last time without signing, where there is such and it is to be gone on with. */
export async function recallSaid(desk: Desk, about: About): Promise<Said> {
  const { drafts, terminal } = desk.context;
  const columns = Math.min(terminal.columns, 100);
  const kept = await loaded(drafts, nameOf(desk, about));
  if (kept instanceof CannotTell) {
    const where = kept.place === undefined ? '' : ` in ${kept.place.file}`;
    const sentence = `What you said in an earlier review and did not sign cannot be read${where}: ${kept.facts[0] ?? 'somebody else may have written there'}. Nothing of it is offered.`;
    terminal.say(wrap(escapeShown(sentence), columns).join('\n'));
  }
  if (kept === null || kept instanceof CannotTell) return nothingSaid();
  const { saved, judged } = kept;
  // A reason is one for what was decided; what was judged is so whatever comes of it.
  const reason = kept.act === about.act ? kept.reason : null;
  if (reason === null && judged.length === 0) return nothingSaid();
  const what = [
    ...(judged.length === 0 ? [] : [`judged ${counted(judged.length, 'item')}`]),
    ...(reason === null ? [] : ['gave a reason']),
  ];
  const sentence = `On ${saved.slice(0, 10)} you ${what.join(' and ')} here, and it was not signed.`;
  terminal.say([...wrap(sentence, columns), ...(reason === null ? [] : quoted(reason, columns))].join('\n'));
  if (!(await terminal.confirm('go on with that?'))) return nothingSaid();
  return { reason, judged: new Map(judged.map((item) => [itemKey(item), item])) };
}

/** Keeps what was said and not signed. @returns where it is, in a sentence; null where nothing was said. */
export async function keepSaid(desk: Desk, about: About, { reason, judged }: Said): Promise<string | null> {
  const { drafts, terminal } = desk.context;
  if (reason === null && judged.size === 0) return null;
  const saved = toTime(desk.context.now());
  const kept: z.infer<typeof Kept> = {
    ...{ schema: SCHEMA, ...about, saved, reason },
    judged: [...judged.values()].slice(0, MOST_ITEMS),
  };
  try {
    if (drafts !== null)
      return `what you said is kept in ${await drafts.keep(nameOf(desk, about), printJson(kept))}, and offered to you the next time`;
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
  }
  const columns = Math.min(terminal.columns, 100);
  terminal.say('What you said, to be copied, since it could not be kept:');
  terminal.say(quoted(printJson(kept), columns).join('\n'));
  return 'what you said could not be kept: it stands above';
}

/** It is signed, so there is nothing to offer any more; where that fails the signature is told all the same. */
export async function dropSaid(desk: Desk, about: About): Promise<void> {
  const { drafts, terminal } = desk.context;
  try {
    await drafts?.drop(nameOf(desk, about));
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    terminal.say(
      `warning: what you had said before is still kept${error.place === undefined ? '' : ` at ${error.place.file}`}`,
    );
  }
}

/** What is kept, null for nothing, or why it cannot be read: a review goes on without it. */
async function loaded(
  drafts: Drafts | null,
  name: string,
): Promise<z.infer<typeof Kept> | CannotTell | null> {
  try {
    const text = (await drafts?.load(name)) ?? null;
    return text === null ? null : read(text);
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return error;
  }
}

/** Nothing that was changed by hand is put into somebody's mouth. */
function read(text: string): z.infer<typeof Kept> | CannotTell {
  const damaged = new CannotTell('BAD_DATA', 'a file that keeps what was not signed is damaged', {
    facts: ['it is not what was written there'],
  });
  try {
    const parsed = Kept.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : damaged;
  } catch {
    return damaged;
  }
}

function nameOf({ workspace, who }: Desk, { iteration }: About): string {
  return sha256(canonicalJson([workspace.world.law.repository.id, iteration, who.principal.id]));
}
