import { digestOfFiles } from '../base/digest.ts';
import type { Acknowledgement } from '../domain/approval.ts';
import { ROLLBACK_PROCEDURE, RUBRIC } from '../domain/paths.ts';
import { countsOf, type Sample } from '../domain/sample.ts';
import { fileAt } from '../domain/tree.ts';
import { evidenceProblems } from './evidence-rules.ts';
import { gateRule, type GateRule } from './gate-rule.ts';
import { lockTie } from './lock-strength.ts';
import { riskOf, riskWords } from './risk.ts';
import { completeRuns } from './verdict.ts';
import { isPassed, lockedRubric, type Bundle, type World } from './world.ts';

/** What the machine can show beside something a person acknowledges. */
export interface Proof {
  readonly acknowledgement: Acknowledgement;
  /** What the person says. */
  readonly sentence: string;
  /** What the machine found. */
  readonly proof: string;
  readonly holds: boolean;
}

/** @param sample what the signer judged, where anything. */
export function proveAcknowledgements(
  world: World,
  bundle: Bundle,
  rule: GateRule,
  sample?: Sample,
): readonly Proof[] {
  return rule.acknowledgements.map((acknowledgement) => ({
    acknowledgement,
    ...PROOFS[acknowledgement](world, bundle, sample),
  }));
}

type Prover = (world: World, bundle: Bundle, sample: Sample | undefined) => Omit<Proof, 'acknowledgement'>;

const PROOFS: { readonly [Name in Acknowledgement]: Prover } = {
  'artifact-is-intended': (_world, { record: { request, export: exported } }) => {
    const computed = digestOfFiles(request.artifact.files);
    const same = computed === request.artifact.digest && exported?.artifact === computed;
    return {
      sentence: 'this adapter is the version that is meant to be deployed',
      proof: `requested, evaluated and exported artifact are the same: ${same ? 'yes' : 'no'}, sha256 ${computed}`,
      holds: same,
    };
  },
  'rollback-is-understood': (_world, { folder }) => {
    const file = fileAt(folder, ROLLBACK_PROCEDURE);
    const problems = evidenceProblems(folder, [ROLLBACK_PROCEDURE]);
    const sound = file !== null && problems.length === 0;
    return {
      sentence: 'the rollback procedure is read and can be carried out',
      proof: sound
        ? `says trigger, steps, who and check: yes, sha256 ${file.sha256}`
        : 'says trigger, steps, who and check: no',
      holds: sound,
    };
  },
  'risk-is-accepted': ({ law }, bundle) => {
    const risk = riskOf(law, bundle);
    // An owner who objected under rules that are gone is asked all the same.
    const words = risk === null ? 'no rules of the policy judge it any more' : `risk tier ${riskWords(risk)}`;
    return {
      sentence: 'the risk of this change is understood and accepted',
      proof: words,
      holds: true,
    };
  },
  'representative-sample': (_world, bundle, sample) => {
    const runs = completeRuns(bundle);
    const found = `evaluation runs in the bundle: ${runs.map((run) => run.run).join(', ') || 'none'}`;
    return {
      sentence: 'the outputs judged are a representative sample of real or held-out inputs',
      proof:
        sample === undefined
          ? `${found}; no sample is recorded here: you say that you judged one elsewhere`
          : `${found}; ${sampleWords(sample)}`,
      holds: runs.length > 0,
    };
  },
  // The rubric as it was locked: the law may have another one by now.
  'meets-domain-standard': (_world, bundle) => ({
    sentence: 'the outputs meet the domain standard of the rubric',
    proof: `standard: ${lockedRubric(bundle).domainStandard}`,
    holds: isPassed(bundle, { to: 'customer-deployed' }),
  }),
  'bundle-is-complete': (world, bundle) => {
    const { evidence } = gateRule(world.law, bundle, 'governance-approval');
    const problems = evidenceProblems(bundle.folder, evidence);
    return {
      sentence: 'the bundle is complete and follows the policy',
      proof: `all of ${evidence.join(', ')} present and sound: ${problems.length === 0 ? 'yes' : 'no'}`,
      holds: problems.length === 0,
    };
  },
  'rubric-was-locked': (_world, { folder, lock }) => {
    const found = fileAt(folder, RUBRIC)?.sha256 ?? 'none';
    const same = found === lock.rubric.sha256;
    return {
      sentence: 'the evaluation used the locked rubric',
      proof: `rubric unchanged since the lock of ${lock.time}: ${same ? 'yes' : 'no'}, sha256 ${found}`,
      holds: same,
    };
  },
  'thresholds-unchanged': ({ law }, { iteration, record, lock }) => {
    const { core, heldOut, maxRegressions } = lock.thresholds;
    const before = lock.time <= record.request.lineage.training.startedAt;
    const used = record.evaluations.every((evaluation) => evaluation.lock === lock.id);
    return {
      sentence: 'no threshold changed after training began',
      proof: `core ${core}, held-out ${heldOut}, at most ${maxRegressions} regressions, locked ${lock.time}, training began ${record.request.lineage.training.startedAt} (${lockTie(law, iteration.line, record.request).strength}): ${before && used ? 'yes' : 'no'}`,
      holds: before && used,
    };
  },
};

/** A sample in words. */
export function sampleWords(sample: Sample): string {
  const { size, judged, met, notMet } = countsOf(sample);
  const { method, seed, population = size } = sample;
  const chosen = {
    random: `${size} of ${population} items drawn at random (seed ${seed ?? ''})`,
    all: `all ${size} items`,
    listed: `${size} items the expert chose`,
  }[method];
  return `${chosen}, ${judged} judged: ${met} met, ${notMet} did not`;
}
