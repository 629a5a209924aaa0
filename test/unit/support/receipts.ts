import { seal } from '../../../src/domain/document.ts';
import { SafeName, toIterationId } from '../../../src/domain/names.ts';
import { Receipt } from '../../../src/domain/receipt.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { receiptRelies } from '../../../src/machine/acts/receipt.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { placeDigest, targetNamed } from '../../../src/machine/targets.ts';
import type { LawChanges, Person } from './law-files.ts';
import { bundleAt, header, iterationOf, type Signed } from './world.ts';

/** Places of the line: a server, another for what is in production, and one that no machine reaches. */
export const TARGETS = {
  eu: { kind: 'vllm', address: 'https://models.example.com:8000', adapters: '/models' },
  us: { kind: 'external', description: 'Their own cluster' },
  batch: { kind: 'directory', folder: '/srv/models', follows: ['production'] },
  spare: { kind: 'webhook', address: 'https://hook.example.com' },
};

/** A law under which the line has these targets, and a machine that reaches them. */
export const withTargets = (targets: readonly string[], more: LawChanges = {}): LawChanges => ({
  bot: ['reconciler'],
  ...more,
  line: { targets, ...more.line },
  policy: { targets: TARGETS, ...more.policy },
});

export interface ReceiptSpec {
  readonly target?: string;
  readonly outcome?: 'live' | 'removed';
  readonly hours?: number;
  readonly by?: Person;
  readonly role?: string;
  readonly version?: string;
  /** Over any field of the entry before it is sealed. */
  readonly changes?: object;
}

/** A receipt for the tree it is made in: by the machine, or by an operator for the place that none reaches. */
export function receiptIt(spec: ReceiptSpec = {}) {
  return (tree: TreeFolder): Signed => {
    const { target: name = 'eu', outcome = 'live', hours = 8.2, version = '1.0.0', changes = {} } = spec;
    const person = name === 'us';
    const by = {
      name: spec.by ?? (person ? 'kim' : 'bot'),
      role: (spec.role ?? (person ? 'operator' : 'reconciler')) as never,
      hours,
    };
    const bundle = bundleAt(tree, iterationOf(version));
    const target = targetNamed(lawOf(tree), SafeName.parse(name));
    const receipt = seal(Receipt, {
      schema: 'modelsmith/receipt/v1',
      ...header('receipt', by, receiptRelies(bundle)),
      iteration: toIterationId(bundle.iteration),
      target: name,
      place: target === null ? '0'.repeat(64) : placeDigest({ name: SafeName.parse(name), target }),
      artifact: bundle.record.request.artifact.digest,
      manifest: bundle.record.export?.manifest.sha256 ?? '0'.repeat(64),
      outcome,
      seen: 'claims-triage@1.0.0 answered',
      ...changes,
    } as never);
    return { by, act: { kind: 'receipt', iteration: bundle.iteration, receipt } };
  };
}
