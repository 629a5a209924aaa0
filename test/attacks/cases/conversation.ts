import { CommentEntry, commentDocument } from '../../../src/domain/comment.ts';
import { seal } from '../../../src/domain/document.ts';
import { toTime, type PrincipalName } from '../../../src/domain/names.ts';
import { commentFile } from '../../../src/domain/paths.ts';
import { sampleSeed } from '../../../src/machine/sample-check.ts';
import { bundleOf, type World } from '../../../src/machine/world.ts';
import {
  approval,
  approvalFiles,
  BUNDLE,
  header,
  ITERATION,
  signOff,
  step,
  stepFiles,
  type By,
} from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import { afterCommit, change, rules, RULES } from '../changes.ts';
import type { KeyName } from '../people.ts';
import type { Files, Site } from '../site.ts';

interface Said extends Partial<By> {
  readonly act?: 'comment' | 'expedite';
  /** Over any field before the entry is sealed. */
  readonly changes?: object;
}

/** A comment as `comment` writes it, by omar where nobody else is named. */
function said(site: Site, world: World, time: number, spec: Said = {}): CommentEntry {
  const { act = 'comment', changes = {}, ...by } = spec;
  return seal(CommentEntry, {
    schema: 'modelsmith/comment/v1',
    ...header(site, world, act, { who: 'omar', role: 'operator', time, ...by }, []),
    iteration: `${ITERATION.line}@${ITERATION.version}`,
    ...(act === 'expedite' && { due: toTime(time + 48 * 3600) }),
    reason: 'Is the card up to date?',
    ...changes,
  } as never);
}

const filesOf = (entry: CommentEntry): Files => ({
  [`${BUNDLE}/${commentFile(entry.id)}`]: commentDocument.print(entry),
});

/** A comment alone in a commit. `by`: whose key signs, where it is not the one that the comment names. */
const saying =
  (spec: Said = {}, by?: KeyName) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const time = site.after('exported');
    const entry = said(site, await site.load(site.at('exported')), time, spec);
    const signer = by ?? spec.who ?? 'omar';
    return site.target(await site.commit({ on: 'exported', by: signer, time, put: filesOf(entry) }));
  };

/** Something done with a comment in one commit after it was made. */
const afterwards =
  (what: (path: string, text: string) => { readonly put?: Files; readonly remove?: readonly string[] }) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const time = site.after('exported');
    const put = filesOf(said(site, await site.load(site.at('exported')), time));
    const [[path, text] = ['', '']] = Object.entries(put);
    const on = await site.commit({ on: 'exported', by: 'omar', time, put });
    return site.target(await site.commit({ on, by: 'omar', time: time + 60, ...what(path, String(text)) }));
  };

/** Items of the run, of which the first few meet the standard. */
function items(met: number, notMet = 0, run: string | null = 'run-1'): readonly object[] {
  return Array.from({ length: met + notMet }, (_none, index) => ({
    ...(run !== null && { run }),
    task: 'claims',
    item: `doc-${index}`,
    ...(run !== null && { sha256: String(index).padStart(64, '0') }),
    verdict: index < met ? 'met' : 'not-met',
  }));
}

const drawn = (...[met, notMet, run]: Parameters<typeof items>): object => ({
  ...{ method: 'random', seed: 'a'.repeat(64), population: 200 },
  items: items(met, notMet, run),
});

/** With the seed that is due. */
function seeded(world: World, who: string, sample: object): object {
  const bundle = bundleOf(world.tree, ITERATION);
  const seed = bundle === null ? null : sampleSeed(bundle, who as PrincipalName);
  return 'seed' in sample ? { ...sample, seed } : sample;
}

/** Dora's approval where the policy asks for three judged items. */
const judged =
  (sample?: object, asItIs = false) =>
  async (bench: Bench) => {
    const site = await bench.site('sampled');
    const world = await site.load(site.at('deployed'));
    const time = site.after('deployed');
    const changes = sample === undefined ? {} : { sample: asItIs ? sample : seeded(world, 'dora', sample) };
    const entry = approval(site, world, { who: 'dora', gate: 'domain-validation', time, changes });
    return site.target(await site.commit({ on: 'deployed', by: 'dora', time, put: approvalFiles(entry) }));
  };

export const CONVERSATION_CASES: readonly AttackCase[] = [
  honest('C0.comment', 'an operator’s comment made by hand, right in everything', saying()),
  honest('C0.pipeline', 'the pipeline says something', saying({ who: 'trainer', role: 'pipeline' })),
  honest(
    'C0.expedite',
    'an ML manager says by when a review is wanted',
    saying({ act: 'expedite', who: 'mia', role: 'ml-manager' }),
  ),
  attack(
    'C1.forged',
    'the pipeline signs a comment that says it is an operator’s',
    'ENTRY_NOT_SIGNERS',
    saying({}, 'trainer'),
  ),
  attack(
    'C1.outsider',
    'somebody enrolled nowhere signs an expert’s comment',
    'SIGNATURE_REFUSED',
    saying({ who: 'dora', role: 'domain-expert' }, 'mallory'),
  ),
  attack('C1.auditor', 'an auditor comments', 'ROLE_CANNOT', saying({ who: 'aud', role: 'auditor' })),
  attack(
    'C1.replay',
    'a comment made for another repository',
    'ENTRY_OTHER_REPOSITORY',
    saying({ changes: { repository: '0123456789abcdefghjkmnpqrs' } }),
  ),
  attack(
    'C1.other-iteration',
    'a comment on another iteration lies in this bundle',
    'ENTRY_UNRELATED',
    saying({ changes: { iteration: `${ITERATION.line}@0.9.0` } }),
  ),
  attack(
    'C1.about-nothing',
    'a comment on an entry that is nowhere',
    'ENTRY_UNKNOWN',
    saying({ changes: { reliedOn: ['f'.repeat(64)] } }),
  ),
  attack(
    'C1.altered',
    'a comment is altered afterwards, by its author',
    'ENTRY_ALTERED',
    afterwards((path, text) => ({ put: { [path]: text.replace('up to date', 'out of date') } })),
  ),
  attack(
    'C1.removed',
    'a comment is removed',
    'ENTRY_REMOVED',
    afterwards((path) => ({ remove: [path] })),
  ),
  attack(
    'C1.renamed',
    'a comment is laid under another name, as if it were said again',
    'ENTRY_UNRELATED',
    afterwards((_path, text) => ({ put: { [`${BUNDLE}/comments/${'e'.repeat(64)}.json`]: text } })),
  ),
  attack(
    'C1.as-decision',
    'a comment is laid among the decisions',
    'DOCUMENT_UNSOUND',
    afterwards((path, text) => ({ put: { [path.replace('/comments/', '/approvals/')]: text } })),
  ),
  attack(
    'C1.beside-decision',
    'an operator hides a comment in the commit of his sign-off',
    'COMMIT_MIXES_DECISIONS',
    async (bench) => {
      const site = await bench.site();
      const time = site.after('exported');
      const entry = said(site, await site.load(site.at('exported')), time);
      const put = { ...(await signOff(site)), ...filesOf(entry) };
      return site.target(await site.commit({ on: 'exported', by: 'omar', time, put }));
    },
  ),
  attack(
    'C1.smuggles',
    'the model card is changed in the commit of a comment',
    'UNEXPLAINED_CHANGE',
    async (bench) => {
      const site = await bench.site();
      const time = site.after('exported');
      const entry = said(site, await site.load(site.at('exported')), time);
      const put = { ...filesOf(entry), [`${BUNDLE}/model-card.md`]: '# Better\n\nThan it is.\n' };
      return site.target(await site.commit({ on: 'exported', by: 'omar', time, put }));
    },
  ),
  attack(
    'C1.instead-of-approval',
    'an operator says yes in a comment and goes on as if that were an approval',
    'GATE_PENDING',
    async (bench) => {
      const site = await bench.site();
      const time = site.after('exported');
      const before = await site.load(site.at('exported'));
      const yes = said(site, before, time, { changes: { reason: 'Approved.' } });
      const on = await site.commit({ on: 'exported', by: 'omar', time, put: filesOf(yes) });
      const world = await site.load(on);
      const by = { who: 'omar', role: 'operator', time: time + 60 } as const;
      const taken = step(site, world, { ...by, to: 'customer-deployed', reliedOn: [yes.id] });
      return site.target(
        await site.commit({ on, by: 'omar', time: time + 60, put: stepFiles(world, taken) }),
      );
    },
  ),
  attack(
    'C2.expedite-operator',
    'an operator says by when a review is wanted',
    'ROLE_CANNOT',
    saying({ act: 'expedite' }),
  ),
  attack(
    'C2.expedite-claimed',
    'the same in a role that he does not hold',
    'ROLE_NOT_HELD',
    saying({ act: 'expedite', role: 'ml-manager' }),
  ),
  attack(
    'C2.expedite-automation',
    'the pipeline says by when a review is wanted',
    'HUMAN_REQUIRED',
    saying({ act: 'expedite', who: 'trainer', role: 'ml-manager' }),
  ),
  attack(
    'C2.expedite-past',
    'a review is wanted by a time that has passed',
    'DUE_NOT_AHEAD',
    saying({
      ...{ act: 'expedite', who: 'mia', role: 'ml-manager' },
      changes: { due: '2020-01-01T00:00:00Z' },
    }),
  ),
  honest('C3.control', 'an expert approves and says which items were judged', judged(drawn(3))),
  attack(
    'C3.none',
    'an expert approves without any, where the policy asks for three',
    'SAMPLE_TOO_SMALL',
    judged(),
  ),
  attack(
    'C3.small',
    'two judged items, where the policy asks for three',
    'SAMPLE_TOO_SMALL',
    judged(drawn(2)),
  ),
  attack(
    'C3.share',
    'most of the judged items do not meet the standard',
    'SAMPLE_NOT_MET',
    judged(drawn(2, 3)),
  ),
  attack(
    'C3.method',
    'items the expert picked, where the policy wants them drawn',
    'SAMPLE_METHOD',
    judged({ method: 'listed', items: items(3, 0, null) }),
  ),
  attack(
    'C3.seed',
    'an expert drew with a seed of her own until the items pleased',
    'SAMPLE_SEED',
    judged(drawn(3), true),
  ),
  attack('C3.other-run', 'items of a run that is nowhere', 'SAMPLE_OTHER_RUN', judged(drawn(3, 0, 'run-9'))),
  attack('C3.other-gate', 'a governance approver brings a sample', 'SAMPLE_NOT_HERE', async (bench) => {
    const site = await bench.site('sampled');
    const world = await site.load(site.at('deployed'));
    const time = site.after('deployed');
    const changes = { sample: seeded(world, 'gus', drawn(3)) };
    const entry = approval(site, world, { who: 'gus', gate: 'governance-approval', time, changes });
    return site.target(await site.commit({ on: 'deployed', by: 'gus', time, put: approvalFiles(entry) }));
  }),
  attack(
    'C3.raised',
    'the policy asks for more judged items than an approval brought, and the approval is used',
    'APPROVAL_STALE',
    async (bench) => {
      const site = await bench.site('sampled');
      const before = await site.load(site.at('deployed'));
      const time = site.after('deployed');
      const expert = approval(site, before, {
        ...{ who: 'dora', gate: 'domain-validation', time },
        changes: { sample: seeded(before, 'dora', drawn(3)) },
      });
      const put = approvalFiles(expert);
      const approved = await site.commit({ on: 'deployed', by: 'dora', time, put });
      const raised = rules((policy) => {
        policy.gates['domain-validation'] = {
          sample: { judged: 50, met: '0.5', methods: ['all', 'random'] },
        };
      });
      const on = await change(site, approved, raised, RULES);
      const world = await site.load(on);
      const later = afterCommit(site, on);
      const own = approval(site, world, { who: 'gus', gate: 'governance-approval', time: later });
      const by = { who: 'gus', role: 'governance-approver', time: later } as const;
      const reliedOn = [expert.id, own.id];
      const taken = step(site, world, { ...by, to: 'production-validated', reliedOn });
      return site.target(
        await site.commit({
          on,
          by: 'gus',
          time: later,
          put: { ...approvalFiles(own), ...stepFiles(world, taken, [own]) },
        }),
      );
    },
  ),
];
