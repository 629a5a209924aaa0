import { seal } from '../../../src/domain/document.ts';
import { Drill, drillDocument, drillSteps } from '../../../src/domain/drill.ts';
import { toTime } from '../../../src/domain/names.ts';
import { drillFile } from '../../../src/domain/paths.ts';
import { header } from '../acts.ts';
import { brake, filesBetween, idOf, inForce, override, telling } from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import { proposeOther, putInForce, say, type Who } from '../changes.ts';
import type { KeyName, Person } from '../people.ts';
import type { Files, Site } from '../site.ts';

const STOP = { act: 'stop-candidates', lines: ['*'] };
const MIA: Who = { who: 'mia', role: 'governance-approver' };
const OTTO: Who = { who: 'otto', role: 'policy-approver' };
const COPY = `drill-${'0'.repeat(26)}`;

interface Spec {
  readonly who?: Person;
  readonly role?: string;
  /** Whose key signs the commit, where it is not that of who is named. */
  readonly by?: KeyName;
  /** Over any field of the report before it is sealed. */
  readonly changes?: object;
  /** Over any field of the sealed report: its id is that of the honest one. */
  readonly forged?: object;
}

/** A report of a drill, as the command writes it. */
async function reportOf(site: Site, time: number, spec: Spec = {}): Promise<Files> {
  const { who = 'mia', role = 'override', changes = {}, forged = {} } = spec;
  const world = await site.load(site.at('validated'));
  const drill = seal(Drill, {
    schema: 'modelsmith/drill/v1',
    ...header(site, world, 'drill', { who, role, time }, []),
    overrides: ['stop-candidates'],
    tip: site.at('validated'),
    copy: COPY,
    remote: 'own',
    tool: '0.1.0',
    started: toTime(time - 60),
    steps: drillSteps(['stop-candidates']).map((step) => ({ ...step, ms: 5000 })),
    liftedBy: ['dora', 'otto'],
    outcome: 'passed',
    ...changes,
  } as never);
  const text = drillDocument.print(drill);
  const written = Object.keys(forged).length === 0 ? text : forge(text, forged);
  return { [drillFile(drill.id)]: written };
}

/** The text with other values, which no codec would print. */
function forge(text: string, changes: object): string {
  return `${JSON.stringify({ ...(JSON.parse(text) as object), ...changes }, null, 2)}\n`;
}

const recorded =
  (spec: Spec = {}) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const time = site.after('validated');
    const put = await reportOf(site, time, spec);
    return site.target(await site.commit({ on: 'validated', by: spec.by ?? spec.who ?? 'mia', time, put }));
  };

/** Something done with a report after it was recorded. */
const afterwards =
  (what: (path: string, text: string) => { readonly put?: Files; readonly remove?: readonly string[] }) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const time = site.after('validated');
    const put = await reportOf(site, time);
    const on = await site.commit({ on: 'validated', by: 'mia', time, put });
    const [[path, text] = ['', '']] = Object.entries(put);
    return site.target(await site.commit({ on, by: 'mia', time: time + 60, ...what(path, String(text)) }));
  };

interface Played {
  readonly site: Site;
  /** The root of the copy. */
  readonly root: string;
  /** On top of it, the brake that mia pulled in the drill. */
  readonly brake: string;
  readonly files: Files;
}

/** A drill that mia made with her own key on the finished history. */
async function playedIn(bench: Bench): Promise<Played> {
  const site = await bench.site();
  const tip = site.at('validated');
  const text = `schema: modelsmith/repository/v1\nlaw: 1\nid: ${COPY}\ncontinues: ${tip}\n`;
  const root = await site.commit({ on: 'validated', by: 'mia', put: { 'modelsmith.yaml': text } });
  const time = site.timeOf(root) + 60;
  const files = override(site, COPY, { time, brake: STOP });
  return { site, root, files, brake: await site.commit({ on: root, by: 'mia', time, put: files }) };
}

/** What the drill made, carried into the real repository; no brake is in force there. */
const carried =
  (how: (played: Played) => Promise<string> | string) =>
  async (bench: Bench): Promise<Target> => {
    const played = await playedIn(bench);
    return played.site.target(await how(played), { check: inForce() });
  };

const inRef =
  (how: (played: Played) => Promise<string> | string) =>
  async (bench: Bench): Promise<Target> => {
    const played = await playedIn(bench);
    const { site } = played;
    site.git(['update-ref', 'refs/modelsmith/overrides/a', await how(played)]);
    return site.target(site.at('validated'), {
      check: telling(({ overrides, notObeyed }) =>
        overrides.length === 0 && notObeyed.length > 0 ? null : 'the brake of the drill is in force',
      ),
    });
  };

export const DRILL_CASES: readonly AttackCase[] = [
  honest('D0.control', 'a drill recorded by hand, right in everything', recorded()),
  honest(
    'D0.copy',
    'the copy of a drill, judged by the root it was given: the brake is in force there',
    async (bench) => {
      const { site, root, brake: tip } = await playedIn(bench);
      const pinned = `${root}:${site.world.people.key('mia').fingerprint}`;
      return { ...site.target(tip, { check: inForce('stop-candidates') }), root: pinned };
    },
  ),
  attack(
    'D1.history',
    'the history of a drill pushed to the real branch: its root changes the law, and its brake is not in force',
    'LAW_CHANGED',
    carried(({ brake: tip }) => tip),
  ),
  attack(
    'D1.merged',
    'the history of a drill merged into the real branch',
    'LAW_CHANGED',
    carried(async ({ site, brake: tip }) => {
      const main = await site.commit({ on: 'validated', by: null, put: { 'notes.txt': 'x\n' } });
      const tree = await site.treeWith(site.treeOf(tip), { 'notes.txt': 'x\n' });
      return await site.commit({ on: [main, tip], by: null, tree });
    }),
  ),
  attack(
    'D1.file',
    'the brake of a drill, committed to the real branch by the person who pulled it',
    'ENTRY_OTHER_REPOSITORY',
    carried(({ site, files, brake: tip }) =>
      site.commit({ on: 'validated', by: 'mia', time: site.timeOf(tip), put: files }),
    ),
  ),
  attack(
    'D1.file-on-broken',
    'the same on a broken tip, where a brake of this repository would be in force',
    'PARENT_VOID',
    carried(async ({ site, files, brake: tip }) => {
      const broken = await site.commit({ on: 'validated', by: null, put: { 'locks/x': 'x\n' } });
      return await site.commit({ on: broken, by: 'mia', time: site.timeOf(tip), put: files });
    }),
  ),
  attack(
    'D1.cherry-picked',
    'the brake of a drill, put on the real branch by somebody else',
    'UNSIGNED',
    carried(({ site, files }) => site.commit({ on: 'validated', by: null, put: files })),
  ),
  honest(
    'D1.ref',
    'the brake of a drill, in a ref for overrides of the real repository: it is not obeyed',
    inRef(({ brake: tip }) => tip),
  ),
  honest(
    'D1.ref-file',
    'its file in such a ref, signed again on top of the real branch: it is not obeyed',
    inRef(({ site, files, brake: tip }) =>
      site.commit({ on: 'validated', by: 'mia', time: site.timeOf(tip), put: files }),
    ),
  ),
  attack(
    'D1.lift',
    'the lift of a drill for a brake that has the same name in the real repository',
    'ENTRY_OTHER_REPOSITORY',
    async (bench) => {
      const { site, files, brake: tip } = await playedIn(bench);
      const id = idOf(files);
      const proposal = await proposeOther(site, tip, { kind: 'lift', override: id });
      const approved = await say(site, proposal.commit, proposal.id, [OTTO]);
      const lifted = await putInForce(site, approved, proposal.id, MIA, { words: [MIA] });
      let real = await brake(site, 'validated', { brake: STOP, id });
      const steps = [
        ['eli', tip, proposal.commit],
        ['otto', proposal.commit, approved],
        ['mia', approved, lifted],
      ] as const;
      for (const [by, from, to] of steps)
        real = await site.commit({ on: real, by, time: site.timeOf(to), put: filesBetween(site, from, to) });
      return site.target(real, { check: inForce('stop-candidates') });
    },
  ),
  attack('D2.automation', 'a drill recorded by a machine', 'HUMAN_REQUIRED', recorded({ who: 'trainer' })),
  attack(
    'D2.no-authority',
    'a drill recorded by somebody who may not pull the brake',
    'ROLE_NOT_HELD',
    recorded({ who: 'omar' }),
  ),
  attack('D2.role', 'a drill recorded in another role', 'ROLE_CANNOT', recorded({ role: 'policy-approver' })),
  attack('D2.name', 'a drill in the name of somebody else', 'ENTRY_NOT_SIGNERS', recorded({ by: 'omar' })),
  attack(
    'D2.repository',
    'a report of a drill of another repository',
    'ENTRY_OTHER_REPOSITORY',
    recorded({ changes: { repository: `drill-${'1'.repeat(26)}` } }),
  ),
  attack(
    'D3.durations',
    'steps that took longer than the drill',
    'DOCUMENT_UNSOUND',
    recorded({
      forged: { steps: drillSteps(['stop-candidates']).map((step) => ({ ...step, ms: 3_600_000 })) },
    }),
  ),
  attack(
    'D3.negative',
    'steps that took less than no time',
    'DOCUMENT_UNSOUND',
    recorded({ forged: { steps: drillSteps(['stop-candidates']).map((step) => ({ ...step, ms: -1 })) } }),
  ),
  attack(
    'D3.skipped',
    'a drill that passed without trying what it stops',
    'DOCUMENT_UNSOUND',
    recorded({
      forged: {
        steps: drillSteps(['stop-candidates'])
          .filter(({ step }) => step !== 'obey')
          .map((step) => ({ ...step, ms: 5000 })),
      },
    }),
  ),
  attack(
    'D3.more',
    'a drill that says it was of one override more than its steps',
    'DOCUMENT_UNSOUND',
    recorded({ forged: { overrides: ['freeze', 'stop-candidates'] } }),
  ),
  attack(
    'D3.here',
    'a drill that says it was made on no copy',
    'DOCUMENT_UNSOUND',
    recorded({ forged: { copy: '0'.repeat(26) } }),
  ),
  attack(
    'D3.prettier',
    'a drill that failed, made to have passed',
    'DOCUMENT_UNSOUND',
    recorded({
      changes: {
        ...{ outcome: 'failed', failure: 'The hook refused it.', liftedBy: [] },
        steps: drillSteps(['stop-candidates'])
          .slice(0, 4)
          .map((step) => ({ ...step, ms: 5000 })),
      },
      forged: { outcome: 'passed' },
    }),
  ),
  attack(
    'D4.replayed',
    'a report once more, under another name',
    'ENTRY_UNRELATED',
    afterwards((_path, text) => ({ put: { [drillFile('e'.repeat(64))]: text } })),
  ),
  attack(
    'D4.altered',
    'a report altered after it was recorded',
    'ENTRY_ALTERED',
    afterwards((path, text) => ({ put: { [path]: text.replace('5000', '4000') } })),
  ),
  attack(
    'D4.removed',
    'a report taken away',
    'ENTRY_REMOVED',
    afterwards((path) => ({ remove: [path] })),
  ),
  attack(
    'D4.stray',
    'something else among the drills',
    'PATH_UNKNOWN',
    afterwards(() => ({ put: { 'drills/notes.txt': 'x\n' } })),
  ),
];
