import { CannotTell } from '../../../base/errors.ts';
import { cannotTellText } from '../explaining/cannot-tell.ts';
import type { Context } from '../context.ts';

const TRIES = 5;
/** What may be well a moment later: a wrong passphrase, a card that was not inserted, an agent that was not running. */
const PASSING: readonly string[] = ['NOT_PERMITTED', 'NO_SIGNER'];

/**
 * Signs, and where the signature fails asks whether to try again, so that nothing a person said in a review is lost.
 * @throws CannotTell what signing throws, where the person does not want to or tried often enough.
 */
export async function signPatiently<T>({ terminal }: Context, sign: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await sign();
    } catch (error) {
      if (!(error instanceof CannotTell) || !PASSING.includes(error.code) || left === 1) throw error;
      terminal.say(cannotTellText(error));
      if (!(await terminal.confirm('Nothing was written. Try to sign again, with all that you said?')))
        throw error;
    }
  }
}
