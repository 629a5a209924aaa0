import type { NewBlob } from '../../ports/repository.ts';
import { Approval, approvalDocument } from '../../domain/approval.ts';
import { seal } from '../../domain/document.ts';
import { LineName, toTime, Version } from '../../domain/names.ts';
import { approvalFile, bundleFolder, RECORD } from '../../domain/paths.ts';
import { recordDocument, Step, type PromotionRecord } from '../../domain/record.ts';
import { commitPayload, withSignature } from '../../evidence/commit-bytes.ts';
import { putText, type Put } from '../../machine/act.ts';
import { bundleOf, type Bundle } from '../../machine/world.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import type { ActorName } from './cast.ts';
import { LINE } from './material.ts';
import type { Stage } from './stage.ts';
import { play, type StepResult } from './story.ts';

interface Attempt {
  readonly branch: string;
  readonly title: string;
  readonly who: ActorName;
  /** The state of the iteration the attempt starts from. */
  readonly from: PromotionRecord['state'];
  puts(bundle: Bundle, stage: Stage): readonly Put[];
}

const ITERATION = { line: LineName.parse(LINE), version: Version.parse('1.0.0') };
const RECORD_PATH = `${bundleFolder(ITERATION)}/${RECORD}`;

const ATTEMPTS: readonly Attempt[] = [
  {
    branch: 'tampered/score',
    title: 'Somebody with the pipeline’s key raises a recorded score',
    who: 'trainer',
    from: 'deprecated',
    puts: ({ record }) => {
      const evaluations = record.evaluations.map((run) =>
        run.status === 'complete'
          ? { ...run, scores: { ...run.scores, core: '0.99' as typeof run.scores.core } }
          : run,
      );
      return [putText(RECORD_PATH, recordDocument.print({ ...record, evaluations }))];
    },
  },
  {
    branch: 'tampered/approval',
    title: 'An outsider, whose key says it is Dora Lind, gives Dora’s approval',
    who: 'mallory',
    from: 'customer-deployed',
    puts: ({ approvals }, stage) => {
      const [earlier] = approvals;
      if (earlier?.act !== 'approve') throw new Error('the story has no approval to imitate');
      const forged = seal(Approval, {
        ...earlier,
        principal: stage.player('dora').id as typeof earlier.principal,
        role: 'domain-expert',
        gate: 'domain-validation',
        edge: { from: 'customer-deployed', to: 'production-validated' },
        time: toTime(stage.now),
      });
      return [
        putText(`${bundleFolder(ITERATION)}/${approvalFile(forged.id)}`, approvalDocument.print(forged)),
      ];
    },
  },
  {
    branch: 'tampered/skip',
    title: 'Somebody with the pipeline’s key skips the customers and goes straight to production-validated',
    who: 'trainer',
    from: 'artifact-exported',
    puts: ({ record }, stage) => {
      const step = seal(Step, {
        act: 'transition',
        repository: record.repository,
        principal: stage.player('trainer').id as typeof record.request.principal,
        role: 'pipeline',
        key: stage.player('trainer').fingerprint,
        time: toTime(stage.now),
        reliedOn: [],
        from: 'artifact-exported',
        to: 'production-validated',
      });
      return [
        putText(
          RECORD_PATH,
          recordDocument.print({
            ...record,
            state: 'production-validated',
            transitions: [...record.transitions, step],
          }),
        ),
      ];
    },
  },
];

/** Three attempts to cheat, each on a branch of its own, each shown to `verify`. */
export async function playTampering(stage: Stage): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const attempt of ATTEMPTS) {
    await build(stage, attempt);
    const argv = ['verify', '--branch', attempt.branch, '-C', stage.path('evidence')];
    results.push(await play(stage, { who: 'mia', title: attempt.title, argv, after: 0 }, 3));
  }
  return results;
}

/** Writes the forged commit with the plainest means: nobody asks the machine. */
async function build(stage: Stage, attempt: Attempt): Promise<void> {
  const { branch, who, from } = attempt;
  const context = stage.as(who, '');
  const workspace = await openWorkspace(context, {
    directory: stage.path('evidence'),
    root: null,
    branch: null,
  });
  const start = workspace.verification.commits.find(
    (commit) => bundleOf(commit.tree, ITERATION)?.record.state === from,
  );
  const bundle = start === undefined ? null : bundleOf(start.tree, ITERATION);
  if (start === undefined || bundle === null) throw new Error(`the story never reached ${from}`);
  const { repository, facts } = workspace;
  const { signer } = await context.signing.keyFile(stage.keyPath(who), () => Promise.resolve(''), stage.now);
  const tree = await repository.stageTree(start.id, written(attempt.puts(bundle, stage)), []);
  const { name } = stage.player(who);
  const author = { name, email: `${who}@demo.invalid` };
  const payload = commitPayload({
    tree,
    parents: [start.id],
    author,
    now: stage.now,
    message: 'Nothing to see here',
  });
  const commit = await repository.writeCommit(
    withSignature(payload, await signer.sign(payload), facts.objectFormat),
  );
  await repository.advance(`refs/heads/${branch}`, null, commit);
}

function written(puts: readonly Put[]): readonly NewBlob[] {
  return puts.flatMap(({ path, bytes }) => (bytes === null ? [] : [{ path, bytes }]));
}
