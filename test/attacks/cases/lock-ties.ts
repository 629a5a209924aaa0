import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import { seal } from '../../../src/domain/document.ts';
import type { ModelSignature } from '../../../src/domain/model-statement.ts';
import { Request } from '../../../src/domain/request.ts';
import { locksOf } from '../../../src/machine/world.ts';
import { signatureOver, trainerNamed, type Trainer } from '../../unit/support/lock-ties.ts';
import { BUNDLE, bundleIn, header, ITERATION, recordFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import { propose, putInForce, rules, RULES, say, type Edit, type Who } from '../changes.ts';
import type { LawName } from '../world.ts';

/** What requests say of the lock in their weights, and of the trainer's signature over them. */

const OTHER = 'f'.repeat(64);
const TRAINER = trainerNamed('cluster');
const STRANGER = trainerNamed('stranger');
const WEIGHTS = 'adapter_model.safetensors';

type Artifact = Request['artifact'];

interface Tie {
  /** Which lock each file is said to carry; by default the weights carry the lock of the request. */
  readonly stamps?: (lock: string) => readonly { readonly path: string; readonly lock: string }[];
  readonly stated?: string;
  /** The artifact has a second file of weights. */
  readonly shards?: boolean;
  readonly signed?: (artifact: Artifact, lock: string) => ModelSignature;
  /** Over the text of the record. */
  readonly text?: (text: string) => string;
}

/** The honest request, tied to its lock so, in a commit of its own. */
const requested =
  ({ stamps, stated = 'bound', shards = false, signed, text = (same) => same }: Tie, law: LawName = 'team') =>
  async (bench: Bench) => {
    const [site, team] = [await bench.site(law), await bench.site()];
    const world = await site.load(site.at('lock'));
    const { record } = bundleIn(await team.load(team.at('requested')));
    const lock = locksOf(world.tree, ITERATION.line).at(-1)?.id;
    if (lock === undefined) throw new Error('nothing is locked');
    const time = site.after('lock', 30);
    const more = shards ? [{ path: 'more.safetensors', size: 1, sha256: sha256('more') }] : [];
    const files = [...record.request.artifact.files, ...more] as Artifact['files'];
    const found = stamps?.(lock) ?? [{ path: WEIGHTS, lock }];
    const artifact = {
      ...record.request.artifact,
      ...{ files, digest: digestOfFiles(files) },
      ...(found.length > 0 && { stamps: found }),
    } as Artifact;
    const request = seal(Request, {
      ...record.request,
      ...header(site, world, 'request', { who: 'trainer', role: 'pipeline', time }, [lock]),
      ...{ lock, lockStrength: stated, artifact },
      ...(signed !== undefined && { modelSignature: signed(artifact, lock) }),
    } as never);
    const rubric = team.git(['show', `${team.at('requested')}:${BUNDLE}/rubric.json`]) + '\n';
    const put = Object.fromEntries(
      Object.entries(recordFiles({ ...record, repository: world.law.repository.id, request })).map(
        ([path, content]) => [path, text(String(content))],
      ),
    );
    return site.target(
      await site.commit({
        on: 'lock',
        by: 'trainer',
        time,
        put: { ...put, [`${BUNDLE}/rubric.json`]: rubric },
      }),
    );
  };

const signedBy =
  (by: Trainer, named: (lock: string) => string | null = (lock) => `${lock}\n`) =>
  (artifact: Artifact, lock: string): ModelSignature =>
    signatureOver(artifact, by, named(lock));

const forged = (artifact: Artifact, lock: string): ModelSignature => {
  const signature = signatureOver(artifact, TRAINER, `${OTHER}\n`);
  const statement = Buffer.from(signature.statement, 'base64').toString();
  const swapped = statement.replace(sha256(`${OTHER}\n`), sha256(`${lock}\n`));
  return { ...signature, statement: Buffer.from(swapped).toString('base64') };
};

const word = (strength: string): Edit =>
  rules(({ lines }) => {
    for (const line of lines) Object.assign(line, { lockStrength: strength });
  });

/** The strength that is asked for is changed in the law that asks for a trainer's word, by these people. */
const lowered = (approvers: readonly Who[]) => async (bench: Bench) => {
  const site = await bench.site('tied');
  const { commit, id } = await propose(site, site.at('lock'), { edit: word('declared') });
  const last = approvers.at(-1);
  if (last === undefined) throw new Error('nobody approves');
  const tip = await say(site, commit, id, approvers.slice(0, -1));
  return site.target(await putInForce(site, tip, id, last, { words: [last] }));
};

export const LOCK_TIE_CASES: readonly AttackCase[] = [
  honest('L1.bound', 'weights that carry the lock of the request', requested({})),
  honest(
    'L1.half',
    'one file of weights carries the lock and another does not, and nobody calls that bound',
    requested({ shards: true, stated: 'declared' }),
  ),
  attack(
    'L1.half-called-bound',
    'one file of weights carries the lock, another does not, and it is called bound',
    'LOCK_STRENGTH_FALSE',
    requested({ shards: true }),
  ),
  attack(
    'L1.claimed',
    'a request calls itself bound, and tells of no file that carries the lock',
    'LOCK_STRENGTH_FALSE',
    requested({ stamps: () => [] }),
  ),
  attack(
    'L1.called-attested',
    'a request calls itself attested, which none can',
    'DOCUMENT_UNSOUND',
    requested({ text: (text) => text.replace('"lockStrength": "bound"', '"lockStrength": "attested"') }),
  ),
  attack(
    'L1.other',
    'the weights carry another lock than that of the request',
    'LOCK_STAMP_OTHER',
    requested({ stamps: () => [{ path: WEIGHTS, lock: OTHER }], stated: 'declared' }),
  ),
  attack(
    'L1.other-in-a-shard',
    'one file of weights carries another lock',
    'LOCK_STAMP_OTHER',
    requested({
      ...{ shards: true, stated: 'declared' },
      stamps: (lock) => [
        { path: WEIGHTS, lock },
        { path: 'more.safetensors', lock: OTHER },
      ],
    }),
  ),
  attack(
    'L1.foreign-file',
    'the lock is said to lie in a file that is none of the artifact',
    'LOCK_STAMP_UNFOUNDED',
    requested({
      stamps: (lock) => [
        { path: WEIGHTS, lock },
        { path: 'extra.safetensors', lock },
      ],
    }),
  ),
  attack(
    'L1.twice',
    'a file is said to carry two locks',
    'DOCUMENT_UNSOUND',
    requested({
      text: (text) =>
        text.replace(
          /("stamps": \[\n *)(\{[^}]*\})/,
          (_all, start: string, stamp: string) =>
            `${start}${stamp},\n          ${stamp.replace(/[0-9a-f]{64}/, OTHER)}`,
        ),
    }),
  ),
  honest(
    'L2.attested',
    'a trainer of the policy signed weights and lock, as the policy asks',
    requested({ signed: signedBy(TRAINER) }, 'tied'),
  ),
  attack(
    'L2.stripped',
    'the lock is taken out of the weights, where the policy asks for it',
    'LOCK_STRENGTH_LOW',
    requested({ stamps: () => [], stated: 'declared' }, 'tied'),
  ),
  attack(
    'L2.unsigned',
    'no trainer signed, where the policy asks for it',
    'LOCK_STRENGTH_LOW',
    requested({}, 'tied'),
  ),
  attack(
    'L2.stranger',
    'somebody signed whom the policy does not name as a trainer',
    'LOCK_STRENGTH_LOW',
    requested({ signed: signedBy(STRANGER) }, 'tied'),
  ),
  attack(
    'L2.without-lock',
    'the trainer signed the weights, and no lock with them',
    'LOCK_STRENGTH_LOW',
    requested({ signed: signedBy(TRAINER, () => null) }, 'tied'),
  ),
  attack(
    'L2.other-lock',
    'the trainer signed the weights for another lock',
    'LOCK_STAMP_OTHER',
    requested({ signed: signedBy(TRAINER, () => `${OTHER}\n`) }, 'tied'),
  ),
  attack(
    'L2.forged',
    'the lock in what the trainer signed was exchanged',
    'MODEL_SIGNATURE_FALSE',
    requested({ signed: forged }, 'tied'),
  ),
  attack(
    'L2.moved',
    'the trainer’s signature is over other weights',
    'MODEL_SIGNATURE_FALSE',
    requested(
      {
        signed: ({ files }, lock) =>
          signatureOver(
            { files: files.map((file) => ({ ...file, sha256: sha256('others') })) },
            TRAINER,
            `${lock}\n`,
          ),
      },
      'tied',
    ),
  ),
  attack(
    'L2.other-key',
    'a stranger’s signature is shown with the trainer’s key',
    'MODEL_SIGNATURE_FALSE',
    requested(
      {
        signed: (artifact, lock) => ({
          ...signatureOver(artifact, STRANGER, `${lock}\n`),
          key: signatureOver(artifact, TRAINER, null).key,
        }),
      },
      'tied',
    ),
  ),
  attack(
    'P2.strength-unapproved',
    'less is asked of the tie to a lock, without the ML manager',
    'CHANGE_PENDING',
    lowered(RULES.filter(({ role }) => role !== 'ml-manager')),
  ),
  honest(
    'P2.strength',
    'less is asked of the tie to a lock, by all who have to approve that',
    lowered(RULES),
  ),
  attack(
    'P2.strength-used-at-once',
    'less is asked of the tie to a lock, in the commit that needs it',
    'LAW_CHANGED',
    async (bench) => {
      const site = await bench.site('tied');
      const time = site.after('lock');
      const text = site.git(['show', `${site.at('lock')}:policy/policy.yaml`]) + '\n';
      const put = { 'policy/policy.yaml': text.replace('lockStrength: attested', 'lockStrength: declared') };
      return site.target(await site.commit({ on: 'lock', by: 'mia', time, put }));
    },
  ),
];
