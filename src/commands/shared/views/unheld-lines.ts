import { EVERY_LINE } from '../../../domain/line-pattern.ts';
import type { UnheldRole } from '../../../machine/unheld-roles.ts';
import { hanging } from '../terminal/style.ts';

/** One sentence each. */
export function unheldSentences(unheld: readonly UnheldRole[]): readonly string[] {
  return unheld.map(({ role, line, blocks }) => {
    const what = blocks === 'both' ? 'changes of the policy and risky iterations' : blocks;
    return `nobody holds ${role} for ${line}: ${what} that need one would wait for ever; next: modelsmith signer grant <id> --role ${role}${line === EVERY_LINE ? '' : `@${line}`} --reason <text>`;
  });
}

/** The same as people read them. */
export function unheldLines(unheld: readonly UnheldRole[], columns: number): readonly string[] {
  return unheldSentences(unheld).flatMap((text) => hanging(text, columns));
}
