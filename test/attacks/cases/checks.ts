import { sha256 } from '../../../src/base/digest.ts';
import { CheckResult } from '../../../src/domain/check.ts';
import { CheckReport, checkReportDocument, type Level } from '../../../src/domain/check-report.ts';
import { seal } from '../../../src/domain/document.ts';
import type { OwnerRole } from '../../../src/domain/risk-rules.ts';
import { checkRawFolder, checkReportFile } from '../../../src/domain/paths.ts';
import { toFileEntries } from '../../../src/machine/file-check.ts';
import { approval, approvalFiles, BUNDLE, bundleIn, header, recordFiles, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Person } from '../people.ts';
import type { Files, Site } from '../site.ts';

const GATE = 'operator-signoff';
const CHECK = 'malware-scan';

interface Spec {
  readonly by?: Person;
  readonly role?: string;
  /** Levels of what was found. */
  readonly found?: readonly Level[];
  /** Over any field of the entry before it is sealed. */
  readonly changes?: object;
  /** Over the files, once everything is signed. */
  readonly files?: (folder: string) => Files;
}

/** What `check add` writes, by hand. @param on the commit it is made for. */
async function result(site: Site, on: string, time: number, spec: Spec): Promise<Files> {
  const { by = 'trainer', role = `checker:${CHECK}`, found = [], changes = {}, files = () => ({}) } = spec;
  const world = await site.load(on);
  const { record } = bundleIn(world);
  const raw = [{ path: 'scan.json', bytes: new TextEncoder().encode(`scan at ${time}`) }];
  const count = (level: Level): number => found.filter((each) => each === level).length;
  const report = checkReportDocument.print(
    CheckReport.parse({
      schema: 'modelsmith/check-report/v1',
      importer: { name: 'generic', version: 1 },
      tool: { name: 'scanner', version: '1' },
      counts: { error: count('error'), warning: count('warning'), note: count('note') },
      findings: found.map((level) => ({ rule: 'R', level, message: 'found' })),
      cut: 0,
      raw: toFileEntries(raw),
    }),
  );
  const check = seal(CheckResult, {
    ...header(site, world, 'check', { who: by, role, time }, [record.request.id]),
    name: CHECK,
    artifact: record.request.artifact.digest,
    status: found.includes('error') ? 'failed' : 'passed',
    report: sha256(report),
    files: toFileEntries(raw),
    ...changes,
  } as never);
  const folder = `${BUNDLE}/${checkRawFolder(check.id)}`;
  return {
    ...recordFiles({ ...record, checks: [...(record.checks ?? []), check] }),
    [`${BUNDLE}/${checkReportFile(check.id)}`]: report,
    ...Object.fromEntries(raw.map(({ path, bytes }) => [`${folder}/${path}`, bytes])),
    ...files(`${BUNDLE}/checks/${check.id}`),
  };
}

const recorded =
  (spec: Spec) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('checked');
    const time = site.after('exported');
    const put = await result(site, site.at('exported'), time, spec);
    return site.target(await site.commit({ on: 'exported', by: spec.by ?? 'trainer', time, put }));
  };

const OWNERS: readonly OwnerRole[] = [
  'data-owner',
  'model-owner',
  'release-owner',
  'security-owner',
  'software-owner',
];

/** Omar's word for every seat there is, where nothing is required any more but that. */
async function words(site: Site, on: string, time: number) {
  const world = await site.load(on);
  return ['operator', ...OWNERS].map((role) =>
    approval(site, world, { who: 'omar', role, gate: GATE, time }),
  );
}

/** All seats signed after the scan; then, where it is asked for, something new, and the transition. */
const moved =
  (after: number, newer: Spec | null) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('checked');
    const time = site.after('scanned');
    const entries = await words(site, site.at('scanned'), time);
    const signed = await site.commit({ on: 'scanned', by: 'omar', time, put: approvalFiles(...entries) });
    const later = time + after * 3600;
    const on =
      newer === null
        ? signed
        : await site.commit({
            on: signed,
            by: 'trainer',
            time: later,
            put: await result(site, signed, later, newer),
          });
    const world = await site.load(on);
    const taken = step(site, world, {
      who: 'omar',
      role: 'operator',
      time: later,
      to: 'customer-deployed',
      reliedOn: entries.map(({ id }) => id),
    });
    return site.target(await site.commit({ on, by: 'omar', time: later, put: stepFiles(world, taken) }));
  };

export const CHECK_CASES: readonly AttackCase[] = [
  honest('X1.control', 'a check that passed, and people who signed with it', async (bench) => {
    const site = await bench.site('checked');
    return site.target(site.at('deployed'), { options: ['--content'] });
  }),
  honest(
    'X1.control-failed',
    'a check that failed is recorded like any other',
    recorded({ found: ['error'] }),
  ),
  honest('X1.control-by-hand', 'a transition while the result is good', moved(1, null)),
  attack(
    'X1.other-checker',
    'a result by the checker of something else',
    'ROLE_CANNOT',
    recorded({ role: 'checker:licences' }),
  ),
  attack('X1.person', 'a result by a person', 'ROLE_NOT_HELD', recorded({ by: 'otto' })),
  attack(
    'X1.pipeline',
    'a result by the pipeline as the pipeline',
    'ROLE_CANNOT',
    recorded({ role: 'pipeline' }),
  ),
  attack(
    'X1.other-artifact',
    'a result about another artifact',
    'EVAL_OTHER_MODEL',
    recorded({ changes: { artifact: 'a'.repeat(64) } }),
  ),
  attack(
    'X1.passed-with-errors',
    'a result that passed over a report with errors',
    'SCORE_DIFFERS',
    recorded({ found: ['error'], changes: { status: 'passed' } }),
  ),
  attack(
    'X1.other-report',
    'a report that is not the one signed',
    'FILE_DIFFERS',
    recorded({ files: (folder) => ({ [`${folder}/report.json`]: '{}\n' }) }),
  ),
  attack(
    'X1.other-output',
    'output of the tool that is not what was signed',
    'FILE_DIFFERS',
    recorded({ files: (folder) => ({ [`${folder}/raw/scan.json`]: 'all is well' }) }),
  ),
  attack(
    'X1.more-output',
    'a file beside the output that nobody signed',
    'FILE_DIFFERS',
    recorded({ files: (folder) => ({ [`${folder}/raw/more.json`]: '{}' }) }),
  ),
  attack('X1.altered-later', 'a report altered once it was recorded', 'NO_ACT', async (bench) => {
    const site = await bench.site('checked');
    const [check] = bundleIn(await site.load(site.at('scanned'))).record.checks ?? [];
    const put = { [`${BUNDLE}/${checkReportFile(check?.id ?? '')}`]: '{}\n' };
    return site.target(await site.commit({ on: 'scanned', by: 'trainer', put }));
  }),
  attack('X1.taken-away', 'a failed result taken out of the record', 'RECORD_REWRITTEN', async (bench) => {
    const site = await bench.site('checked');
    const time = site.after('scanned');
    const put = await result(site, site.at('scanned'), time, { found: ['error'] });
    const on = await site.commit({ on: 'scanned', by: 'trainer', time, put });
    const { record } = bundleIn(await site.load(site.at('scanned')));
    return site.target(await site.commit({ on, by: 'trainer', time: time + 60, put: recordFiles(record) }));
  }),
  attack('X1.missing', 'an approval without the result that is asked for', 'CHECK_MISSING', async (bench) => {
    const site = await bench.site('checked');
    const time = site.after('exported');
    const put = approvalFiles(...(await words(site, site.at('exported'), time)));
    return site.target(await site.commit({ on: 'exported', by: 'omar', time, put }));
  }),
  attack(
    'X1.failed-since',
    'a transition on a passed result past a newer one that failed',
    'CHECK_FAILED',
    moved(1, { found: ['error'] }),
  ),
  attack(
    'X1.passed-since',
    'a transition on approvals that do not know the newest result',
    'APPROVAL_STALE',
    moved(1, {}),
  ),
  attack('X1.expired', 'a transition on a result that has expired', 'CHECK_EXPIRED', moved(24, null)),
];
