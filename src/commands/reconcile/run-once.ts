import { CannotTell } from '../../base/errors.ts';
import { isDemonstration } from '../../domain/repository.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { exportRegistry } from '../shared/intake/registry-choice.ts';
import { pushUnattended, type PushEnd } from '../shared/sharing/unattended.ts';
import type { PlaceEnd } from './converge.ts';
import type { FindGround, Ground } from './ground.ts';
import type { Input } from './input.ts';
import type { Reach } from './reach.ts';
import { makeRound, obeyBrakes, type Round, type Signed } from './round.ts';
import {
  healthLine,
  isConverged,
  leftoverLines,
  leftoverViews,
  orderLines,
  placeLines,
  placeViews,
  receiptLines,
} from './view.ts';

export interface Ended {
  readonly outcome: Outcome;
  readonly health: string;
  /** Something failed here, so that pauses grow. */
  readonly failed: boolean;
  /** Whether nothing was decided since; null where nobody knows what was decided. */
  readonly stands: Ground['stands'] | null;
}

/** So often is begun again where something was decided while targets were brought to what was decided before. */
const PASSES = 5;

/** Until what is decided is done, which it may be in the middle of being decided otherwise. */
export async function runOnce(
  context: Context,
  input: Input,
  common: CommonOptions,
  findGround: FindGround,
): Promise<Ended> {
  let ground = await findGround(context, common, input.push);
  const own = await context.targets.own(input.targets ?? null).load();
  const around: Reach = { own, exports: await exportsOf(context, input, common, ground) };
  const release = common.dryRun ? null : await context.targets.hold(ground.world.law.repository.id);
  try {
    let earlier: readonly PlaceEnd[] = [];
    for (let left = PASSES; left > 0; left -= 1) {
      const round = await makeRound(context, common, ground, around, earlier);
      if (!('kind' in round)) {
        const push = round.signed === null ? null : await pushed(context, input, common, round.signed);
        return ended(round, common, push);
      }
      if (round.kind === 'refused')
        return { outcome: round, health: round.headline, failed: true, stands: ground.stands };
      earlier = round.places;
      ground = await findGround(context, common, input.push);
    }
    await obeyBrakes(context, ground, around);
    throw new CannotTell('RACE_LOST', `something was decided ${PASSES} times while this went on`, {
      facts: ['what was done until then stays, and is signed for by the next run'],
      remedy: 'modelsmith reconcile',
    });
  } finally {
    await release?.();
  }
}

async function exportsOf(
  context: Context,
  { registry, plainHttp }: Input,
  { directory }: CommonOptions,
  { world }: Ground,
): Promise<Reach['exports']> {
  const facts = await (await context.git.open(directory)).facts();
  const { id } = world.law.repository;
  return await context.registry(await exportRegistry(context, { registry, plainHttp }, { id, facts }));
}

async function pushed(
  context: Context,
  { push }: Input,
  common: CommonOptions,
  { report: { commit, signer }, receipts }: Signed,
): Promise<PushEnd | null> {
  if (commit === null) return null;
  const brief = commit.slice(0, 8);
  const entries = receipts.map(({ entry }) => entry);
  return await pushUnattended(context, push, common, {
    ...{ commit, signer, subject: 'receipts', brief, entries },
  });
}

function ended(round: Round, { dryRun }: CommonOptions, push: PushEnd | null): Ended {
  const views = placeViews(round, dryRun);
  const failed = round.places.some(({ failure }) => failure !== null) || push?.well === false;
  const { signed, ground } = round;
  const { isValid } = ground;
  const isHeld = ground.onlyBrakes !== null;
  const well = !failed && !isHeld && isConverged(views);
  const left = leftoverViews(round);
  const health = healthLine(round, views);
  const report = signed?.report ?? { commit: null, dryRun, files: [], signer: null };
  const outcome: Outcome = {
    kind: well ? 'yes' : 'no',
    json: {
      valid: isValid,
      converged: well,
      targets: views,
      receipts: signed?.receipts ?? [],
      leftovers: left,
      ...report,
      demonstration: isDemonstration(ground.world.law.repository),
      ...(push !== null && { push: push.json }),
    },
    text: (view) =>
      [
        ...views.flatMap((each) => placeLines(each, view)),
        ...orderLines(views),
        ...leftoverLines(left, view),
        ...receiptLines(round),
        ...(signed?.report.commit == null
          ? []
          : [`signed by ${signed.report.signer} in commit ${signed.report.commit}`]),
        ...(push?.lines ?? []),
        health,
      ].join('\n'),
  };
  return { outcome, health, failed: failed || isHeld || ground.aside !== null, stands: ground.stands };
}
