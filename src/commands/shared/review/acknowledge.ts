import { toIterationId } from '../../../domain/names.ts';
import type { Sample } from '../../../domain/sample.ts';
import { proveAcknowledgements, type Proof } from '../../../machine/acknowledgement.ts';
import type { GateRule } from '../../../machine/gate-rule.ts';
import type { Context } from '../context.ts';
import { demandYes } from '../terminal/prompts.ts';
import { field } from '../terminal/style.ts';
import type { ReviewGround } from './ground.ts';

/**
 * What the gates have a person acknowledge, each with what the machine can prove of it: one question each, or one for all of it
 * where the person said all of it before. @throws CannotTell NOT_PERMITTED where it is not acknowledged.
 */
export async function acknowledge(
  { world, bundle, style, columns }: ReviewGround,
  context: Context,
  rules: readonly GateRule[],
  sample: Sample | null,
  together: boolean,
): Promise<void> {
  const proofs = new Map<string, Proof>(
    rules
      .flatMap((rule) => proveAcknowledgements(world, bundle, rule, sample ?? undefined))
      .map((proof) => [proof.acknowledgement, proof]),
  );
  const it = toIterationId(bundle.iteration);
  const otherwise = [
    'not acknowledged',
    `say what keeps you from it: modelsmith request-changes ${it}, or modelsmith reject ${it}`,
  ] as const;
  context.terminal.say(style.bold('What you acknowledge'));
  for (const { sentence, proof } of proofs.values()) {
    context.terminal.say(field('machine:', proof, columns, 8).join('\n'));
    if (together) context.terminal.say(field('you:', sentence, columns, 8).join('\n'));
    else await demandYes(context, `${sentence}: do you say so?`, ...otherwise);
  }
  if (together) await demandYes(context, 'all of this is still so: do you say so?', ...otherwise);
}
