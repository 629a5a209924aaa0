import type { ActorName } from './cast.ts';
import { BASE, LINE } from './material.ts';
import type { Stage } from './stage.ts';

export interface StepResult {
  readonly title: string;
  readonly command: string;
  readonly exit: number;
  readonly expected: number;
}

interface Scene {
  readonly who: ActorName;
  readonly title: string;
  readonly argv: readonly string[];
  readonly reason?: string;
  /** Hours that pass before. */
  readonly after: number;
}

const IT = `${LINE}@1.0.0`;

/** From the founding of the repository to the retirement of the adapter, every human step by another person's key. */
export async function playStory(stage: Stage): Promise<readonly StepResult[]> {
  const evidence = stage.path('evidence');
  const scenes: readonly Scene[] = [
    {
      who: 'mia',
      after: 0,
      title: 'Mia founds the repository: the policy, the people and their keys are the trust root',
      argv: ['init', evidence, '--policy', stage.path('policy'), '--demonstration'],
    },
    {
      who: 'eli',
      after: 2,
      title: 'Eli records how the base model does: the baseline',
      argv: ['baseline', 'add', LINE, stage.path('results/base.json'), '--model', BASE.name, '-C', evidence],
    },
    {
      who: 'trainer',
      after: 2,
      title: 'The pipeline locks the yardstick, before it trains',
      argv: ['lock', LINE, '-C', evidence],
    },
    {
      who: 'trainer',
      after: 30,
      title:
        'After training it submits adapter, evidence and evaluation; what clears the lock moves on by itself',
      argv: [
        ...[
          'submit',
          IT,
          '--adapter',
          stage.path(`adapters/${LINE}-1.0.0`),
          '--metadata',
          stage.path('submission/metadata.yaml'),
        ],
        ...['--results', stage.path('results/1.0.0.json'), '--run', 'run-1'],
        ...[
          '--evidence',
          stage.path('submission/model-card.md'),
          '--evidence',
          stage.path('submission/rollback-procedure.md'),
          '-C',
          evidence,
        ],
      ],
    },
    {
      who: 'omar',
      after: 20,
      title: 'Omar reviews it and signs it off: it may be deployed to customers',
      reason: 'Digest checked against the registry; the rollback was rehearsed on Tuesday.',
      argv: ['approve', IT, '-C', evidence],
    },
    {
      who: 'dora',
      after: 30,
      title: 'Dora judges a sample of its answers as the domain expert',
      reason: 'Judged 60 of last week’s claims: 57 routed as I would, none of the severe ones wrong.',
      argv: ['approve', IT, '-C', evidence],
    },
    {
      who: 'gus',
      after: 6,
      title: 'Gus approves for governance; his signature completes the gates',
      reason: 'Bundle complete; rubric and thresholds are those of the lock.',
      argv: ['approve', IT, '-C', evidence],
    },
    {
      who: 'omar',
      after: 20,
      title: 'In the end Omar retires it',
      reason: 'The product it served is discontinued.',
      argv: [
        'deprecate',
        IT,
        '--reason',
        'The product it served is discontinued.',
        '--retire',
        '-C',
        evidence,
      ],
    },
    {
      who: 'mia',
      after: 1,
      title: 'Anybody with the trust root can verify the whole history',
      argv: ['verify', '-C', evidence],
    },
  ];
  const results: StepResult[] = [];
  for (const scene of scenes) results.push(await play(stage, scene, 0));
  return results;
}

export async function play(
  stage: Stage,
  { who, title, argv, reason, after }: Scene,
  expected: number,
): Promise<StepResult> {
  const { terminal } = stage.context;
  stage.wait(after);
  const words = argv.map((word) => word.replaceAll(`${stage.folder}/`, ''));
  const command = `modelsmith ${words.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ')}`;
  terminal.out(`== ${title}\n$ ${command}`);
  const exit = await stage.invoke(argv, stage.as(who, reason ?? 'As demonstrated.'));
  terminal.out('');
  return { title, command, exit, expected };
}
