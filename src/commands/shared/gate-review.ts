import { toIterationId } from '../../domain/names.ts';
import type { Reason } from '../../domain/reason.ts';
import { proveAcknowledgements, type Proof } from '../../machine/acknowledgement.ts';
import type { GateRule } from '../../machine/gate-rule.ts';
import type { Bundle } from '../../machine/world.ts';
import type { CommonOptions } from './command.ts';
import { explain } from './explain.ts';
import type { GateAct } from './gate-entry.ts';
import { gateScreen } from './gate-screen.ts';
import { askReason, demandYes, typeBack } from './prompts.ts';
import { field, styleOf, wrap, type Style } from './style.ts';
import type { Desk } from './write.ts';

export interface Review {
  readonly act: GateAct;
  /** Why other gates are not signed along. */
  readonly closed: readonly Reason[];
}

/** Shows what is decided, has it acknowledged, and has the code typed back. @returns the reason given. */
export async function reviewAtTerminal(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  rules: readonly GateRule[],
  { act, closed }: Review,
): Promise<string> {
  const { context } = desk;
  const { terminal } = context;
  const style = styleOf(terminal.color && !common.plain);
  const columns = Math.min(terminal.columns, 100);
  terminal.say(
    gateScreen({ act, desk, bundle, rules, brief: act !== 'approve', style, columns: terminal.columns }),
  );
  for (const why of closed)
    terminal.say(wrap(`not signed along: ${explain(why).sentence}`, columns).join('\n'));
  if (act === 'approve') await acknowledge(desk, bundle, rules, style, columns);
  const reason = await askReason(context, QUESTIONS[act]);
  const gates = rules.map((rule) => rule.gate).join(' and ');
  await typeBack(context, `${act} ${toIterationId(bundle.iteration)} at ${gates}`);
  return reason;
}

const QUESTIONS: { readonly [A in GateAct]: string } = {
  approve: 'why do you approve?',
  reject: 'why do you reject?',
  'request-changes': 'what has to change?',
};

async function acknowledge(
  { context, workspace }: Desk,
  bundle: Bundle,
  rules: readonly GateRule[],
  style: Style,
  columns: number,
): Promise<void> {
  const proofs = new Map<string, Proof>(
    rules
      .flatMap((rule) => proveAcknowledgements(workspace.world, bundle, rule))
      .map((proof) => [proof.acknowledgement, proof]),
  );
  context.terminal.say(style.bold('What you acknowledge'));
  for (const { sentence, proof } of proofs.values()) {
    context.terminal.say(field('machine:', proof, columns, 8).join('\n'));
    await demandYes(context, `${sentence}: do you say so?`, 'not acknowledged');
  }
}
