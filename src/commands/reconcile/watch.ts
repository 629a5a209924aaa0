import { setTimeout as wait } from 'node:timers/promises';
import { CannotTell } from '../../base/errors.ts';
import { toTime } from '../../domain/names.ts';
import { cannotTellJson } from '../shared/explaining/cannot-tell.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { groundEverywhere } from './ground.ts';
import type { Input } from './input.ts';
import { runOnce, type Ended } from './run-once.ts';

const LONGEST_SECONDS = 900;

/** Until somebody ends it. While something fails the pauses grow; what is decided meanwhile ends them. */
export async function keepOn(
  context: Context,
  input: Input,
  common: CommonOptions,
  every: number,
): Promise<Outcome> {
  const quiet = { ...context, terminal: sayingOnce(context.terminal) };
  let pause = every;
  for (;;) {
    const end = await runOnce(quiet, input, common, groundEverywhere).catch((error: unknown): Ended => {
      if (!(error instanceof CannotTell)) throw error;
      const health = `${error.code}: ${error.message}`;
      return { outcome: unanswered(error), health, failed: true, stands: null };
    });
    const time = toTime(context.now());
    const { outcome } = end;
    const well = outcome.kind === 'yes';
    const json =
      outcome.kind === 'refused' ? { refused: outcome.headline, reasons: outcome.reasons } : outcome.json;
    context.terminal.out(
      common.json
        ? JSON.stringify({ schema: 'modelsmith/out/reconcile/v1', time, well, ...json })
        : `${time} ${well ? 'ok' : 'NOT OK'}  ${escapeShown(end.health)}`,
    );
    pause = end.failed ? Math.min(pause * 2, Math.max(LONGEST_SECONDS, every)) : every;
    await rest(pause, every, end.stands);
  }
}

/** However long the pause is, a brake does not wait for its end. */
async function rest(pause: number, every: number, stands: Ended['stands']): Promise<void> {
  for (let left = pause; left > 0; left -= every) {
    await wait(Math.min(left, every) * 1000);
    if (left > every && stands !== null && !(await stands().catch(() => true))) return;
  }
}

function unanswered(error: CannotTell): Outcome {
  return { kind: 'no', json: cannotTellJson(error), text: () => error.message };
}

/** What is so in every round is said in the first. */
function sayingOnce(terminal: Context['terminal']): Context['terminal'] {
  const said = new Set<string>();
  return {
    ...terminal,
    say: (text) => {
      if (said.has(text)) return;
      if (said.size === MOST_SAID) said.clear();
      said.add(text);
      terminal.say(text);
    },
  };
}

/** No more of what was said is kept. */
const MOST_SAID = 1000;
