import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import { seal } from '../../../src/domain/document.ts';
import {
  ClosedException,
  closedExceptionDocument,
  Exception,
  ExceptionApproval,
  exceptionApprovalDocument,
  exceptionDocument,
  ExceptionReview,
  exceptionReviewDocument,
} from '../../../src/domain/exception.ts';
import { toTime, Version, type EntryId } from '../../../src/domain/names.ts';
import {
  bundleFolder,
  exceptionFolder,
  RECORD,
  reviewFile,
  reviewText,
  RUBRIC,
} from '../../../src/domain/paths.ts';
import { recordDocument } from '../../../src/domain/record.ts';
import { Request } from '../../../src/domain/request.ts';
import { fileAt } from '../../../src/domain/tree.ts';
import { waiverOf } from '../../../src/machine/exception-use.ts';
import { exceptionsOf } from '../../../src/machine/exceptions.ts';
import type { World } from '../../../src/machine/world.ts';
import { approval, approvalFiles, bundleIn, header, ITERATION, step, stepFiles, type By } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Person } from '../people.ts';
import type { Files, Site } from '../site.ts';

const { line } = ITERATION;
const DAY = 24 * 3600;

function first(world: World): Exception {
  const [each] = exceptionsOf(world.tree, line);
  if (each === undefined) throw new Error('there is no exception');
  return each.exception;
}

/** An exception opened by hand. `changes` go over any field before it is sealed. */
function opening(site: Site, world: World, by: By, changes: object = {}): readonly [Exception, Files] {
  const exception = seal(Exception, {
    schema: 'modelsmith/exception/v1',
    ...header(site, world, 'open-exception', by, []),
    line,
    waives: ['contact-stated'],
    owner: 'omar',
    controls: ['Omar answers every call.'],
    expires: toTime(by.time + 7 * DAY),
    reviewDue: toTime(by.time + 14 * DAY),
    reason: 'The team is new.',
    ...changes,
  } as never);
  const path = `${exceptionFolder(line, exception.id)}/exception.json`;
  return [exception, { [path]: exceptionDocument.print(exception) }];
}

function word(site: Site, world: World, by: By, exception: EntryId): Files {
  const said = seal(ExceptionApproval, {
    schema: 'modelsmith/exception-approval/v1',
    ...header(site, world, 'approve', by, [exception]),
    exception,
    answers: [],
    reason: 'The control will do.',
  } as never);
  return {
    [`${exceptionFolder(line, exception)}/approvals/${said.id}.json`]: exceptionApprovalDocument.print(said),
  };
}

function end(site: Site, world: World, by: By, id = first(world).id): Files {
  const closed = seal(ClosedException, {
    schema: 'modelsmith/exception-closed/v1',
    ...header(site, world, 'close-exception', by, [id]),
    exception: id,
    reason: 'There is a contact now.',
  } as never);
  return { [`${exceptionFolder(line, id)}/closed.json`]: closedExceptionDocument.print(closed) };
}

const TEXT = ['What happened', 'What it was used for', 'Controls', 'What follows']
  .map((title) => `## ${title}\nAs planned.\n`)
  .join('\n');

function review(site: Site, world: World, by: By): Files {
  const { id } = first(world);
  const entry = seal(ExceptionReview, {
    schema: 'modelsmith/exception-review/v1',
    ...header(site, world, 'review-exception', by, [id]),
    exception: id,
    text: { size: TEXT.length, sha256: sha256(TEXT) },
  } as never);
  const folder = exceptionFolder(line, id);
  return {
    [`${folder}/${reviewFile(entry.id)}`]: exceptionReviewDocument.print(entry),
    [`${folder}/${reviewText(entry.id)}`]: TEXT,
  };
}

/** Another version of what was requested, with other weights, that needs the exceptions. */
function request(site: Site, world: World, time: number, version: string, ids: readonly EntryId[]): Files {
  const { record, folder } = bundleIn(world);
  const iteration = { line, version: Version.parse(version) };
  const files = record.request.artifact.files.map((file) => ({ ...file, sha256: sha256(version) }));
  const by = { who: 'trainer' as const, role: 'pipeline', time };
  const draft = {
    ...record.request,
    ...header(site, world, 'request', by, [record.request.lock]),
    artifact: { ...record.request.artifact, files, digest: digestOfFiles(files) },
    exceptions: ids,
  };
  const { reliedOn } = waiverOf(world, iteration, draft, time);
  const sealed = seal(Request, {
    ...draft,
    reliedOn: [...new Set([record.request.lock, ...reliedOn])].sort(),
  });
  const bundle = bundleFolder(iteration);
  return {
    [`${bundle}/${RECORD}`]: recordDocument.print({
      schema: 'modelsmith/promotion-record/v1',
      repository: record.repository,
      ...iteration,
      state: 'candidate',
      request: sealed,
      evidence: [],
      evaluations: [],
      transitions: [],
    }),
    [`${bundle}/${RUBRIC}`]: fileAt(folder, RUBRIC)?.bytes ?? new Uint8Array(),
  };
}

const opened =
  (who: Person, role: string, changes: object = {}) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('excepted');
    const time = site.after('lock');
    const [, put] = opening(site, await site.load(site.at('lock')), { who, role, time }, changes);
    return site.target(await site.commit({ on: 'lock', by: who, time, put }));
  };

/** Somebody's word on an exception that `opener` has opened. */
const approved =
  (opener: Person, who: Person, role: string) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('excepted');
    const time = site.after('lock');
    const world = await site.load(site.at('lock'));
    const by = { who: opener, role: opener === 'mia' ? 'security-owner' : 'operator', time };
    const [exception, put] = opening(site, world, by, { owner: opener });
    const on = await site.commit({ on: 'lock', by: opener, time, put });
    const said = word(site, await site.load(on), { who, role, time: time + 60 }, exception.id);
    return site.target(await site.commit({ on, by: who, time: time + 60, put: said }));
  };

/** A use some hours after the export. */
const used =
  (hours: number, version: string) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('excepted');
    const time = site.after('exported', hours);
    const world = await site.load(site.at('exported'));
    const put = request(site, world, time, version, [first(world).id]);
    return site.target(await site.commit({ on: 'exported', by: 'trainer', time, put }));
  };

/** A use of an approved renewal, whose first one is closed before that or not. */
const usedRenewed =
  (isClosed: boolean) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site('excepted');
    const time = site.after('exported');
    const omar = { who: 'omar' as const, role: 'operator', time };
    const world = await site.load(site.at('exported'));
    const { id, versions } = first(world);
    const [renewal, put] = opening(site, world, omar, { renews: id, reliedOn: [id], versions });
    const renewed = await site.commit({ on: 'exported', by: 'omar', time, put });
    const otto = { who: 'otto' as const, role: 'security-owner', time: time + 60 };
    const yes = word(site, await site.load(renewed), otto, renewal.id);
    const open = await site.commit({ on: renewed, by: 'otto', time: otto.time, put: yes });
    const over = end(site, await site.load(open), { ...omar, time: time + 120 }, id);
    const on = isClosed ? await site.commit({ on: open, by: 'omar', time: time + 120, put: over }) : open;
    const needs = request(site, await site.load(on), time + 180, '1.0.1', [renewal.id]);
    return site.target(await site.commit({ on, by: 'trainer', time: time + 180, put: needs }));
  };

/** The operator's sign-off with the transition some hours after the export. */
async function signedOff(site: Site, on: string, time: number): Promise<string> {
  const world = await site.load(on);
  const by = { who: 'omar' as const, role: 'operator', time };
  const entry = approval(site, world, { ...by, gate: 'operator-signoff' });
  const { reliedOn } = bundleIn(world).record.request;
  const excepted = reliedOn.filter((id) => id !== bundleIn(world).record.request.lock);
  const taken = step(site, world, { ...by, to: 'customer-deployed', reliedOn: [entry.id, ...excepted] });
  const put = { ...approvalFiles(entry), ...stepFiles(world, taken, [entry]) };
  return await site.commit({ on, by: 'omar', time, put });
}

export const EXCEPTION_CASES: readonly AttackCase[] = [
  honest(
    'G8.control',
    'a request that an open exception lets in, and its way to customers',
    async (bench) => {
      const site = await bench.site('excepted');
      return site.target(site.at('deployed'));
    },
  ),
  honest('G8.control-by-hand', 'another use while it is open', used(1, '1.0.1')),
  honest(
    'G8.control-reviewed',
    'an exception that is closed, reviewed, and past its deadline',
    async (bench) => {
      const site = await bench.site('excepted');
      const time = site.after('deployed');
      const by = { who: 'omar' as const, role: 'operator', time };
      const put = end(site, await site.load(site.at('deployed')), by);
      const closed = await site.commit({ on: 'deployed', by: 'omar', time, put });
      const later = { ...by, time: time + 3600 };
      const text = review(site, await site.load(closed), later);
      return site.target(await site.commit({ on: closed, by: 'omar', time: later.time, put: text }));
    },
  ),
  honest('G8.control-renewed', 'a use of a renewal', usedRenewed(false)),
  attack(
    'G8.renewal-outlives',
    'a use of a renewal of what was closed',
    'EXCEPTION_ENDED',
    usedRenewed(true),
  ),
  attack('G8.expired', 'a use after its end', 'EXCEPTION_ENDED', used(8 * 24, '1.0.1')),
  attack('G8.scope', 'a use for a version it is not for', 'EXCEPTION_OUT_OF_SCOPE', used(1, '1.1.0')),
  attack('G8.unapproved', 'a use of an exception nobody has approved', 'EXCEPTION_PENDING', async (bench) => {
    const site = await bench.site('excepted');
    const time = site.after('exported');
    const by = { who: 'omar' as const, role: 'operator', time };
    const [exception, put] = opening(site, await site.load(site.at('exported')), by);
    const on = await site.commit({ on: 'exported', by: 'omar', time, put });
    const needs = request(site, await site.load(on), time + 60, '1.0.1', [exception.id]);
    return site.target(await site.commit({ on, by: 'trainer', time: time + 60, put: needs }));
  }),
  attack(
    'G8.overdue',
    'a use after the deadline of its review',
    'EXCEPTION_REVIEW_OVERDUE',
    used(15 * 24, '1.0.1'),
  ),
  attack(
    'G8.overdue-step',
    'a sign-off on the line after the deadline',
    'EXCEPTION_REVIEW_OVERDUE',
    async (bench) => {
      const site = await bench.site('excepted');
      return site.target(await signedOff(site, site.at('exported'), site.after('exported', 15 * 24)));
    },
  ),
  attack('G8.expired-step', 'a sign-off on an exception that has ended', 'EXCEPTION_ENDED', async (bench) => {
    const site = await bench.site('excepted');
    return site.target(await signedOff(site, site.at('exported'), site.after('exported', 8 * 24)));
  }),
  attack(
    'G8.gate',
    'an exception for a human gate',
    'EXCEPTION_NOT_WAIVABLE',
    opened('omar', 'operator', { waives: ['operator-signoff'] }),
  ),
  attack(
    'G8.threshold',
    'an exception for a threshold',
    'EXCEPTION_NOT_WAIVABLE',
    opened('omar', 'operator', { waives: ['thresholds'] }),
  ),
  attack(
    'G8.privacy',
    'an exception for a rule of privacy',
    'EXCEPTION_NOT_WAIVABLE',
    opened('omar', 'operator', { waives: ['legal-basis'] }),
  ),
  attack(
    'G8.too-long',
    'an exception for longer than the policy allows',
    'EXCEPTION_TERM',
    opened('omar', 'operator', { expires: '2099-01-01T00:00:00Z' }),
  ),
  attack(
    'G8.machine',
    'an exception opened by the pipeline',
    'HUMAN_REQUIRED',
    opened('trainer', 'pipeline'),
  ),
  attack('G8.auditor', 'an exception opened by an auditor', 'ROLE_CANNOT', opened('aud', 'auditor')),
  honest(
    'G8.control-approved',
    'an approval by who answers for security',
    approved('omar', 'mia', 'security-owner'),
  ),
  attack(
    'G8.own',
    'an approval by who opened it',
    'EXCEPTION_APPROVER_BARRED',
    approved('mia', 'mia', 'security-owner'),
  ),
  attack(
    'G8.model-owner',
    'an approval of a waiver of security by a model owner',
    'ROLE_CANNOT',
    approved('omar', 'ana', 'model-owner'),
  ),
  attack('G8.longer', 'an exception made longer once it was approved', 'ENTRY_ALTERED', async (bench) => {
    const site = await bench.site('excepted');
    const world = await site.load(site.at('excepted'));
    const { id, ...said } = first(world);
    const put = {
      [`${exceptionFolder(line, id)}/exception.json`]: exceptionDocument.print(
        seal(Exception, { ...said, expires: toTime(site.after('excepted', 13 * 24)) }),
      ),
    };
    return site.target(await site.commit({ on: 'excepted', by: 'omar', put }));
  }),
  attack('G8.reopened', 'an exception whose end is taken away', 'ENTRY_REMOVED', async (bench) => {
    const site = await bench.site('excepted');
    const time = site.after('deployed');
    const put = end(site, await site.load(site.at('deployed')), { who: 'omar', role: 'operator', time });
    const on = await site.commit({ on: 'deployed', by: 'omar', time, put });
    return site.target(await site.commit({ on, by: 'omar', time: time + 60, remove: Object.keys(put) }));
  }),
  attack(
    'G8.early-review',
    'a review before the exception has ended',
    'EXCEPTION_NOT_ENDED',
    async (bench) => {
      const site = await bench.site('excepted');
      const time = site.after('deployed');
      const put = review(site, await site.load(site.at('deployed')), { who: 'omar', role: 'operator', time });
      return site.target(await site.commit({ on: 'deployed', by: 'omar', time, put }));
    },
  ),
  attack(
    'G8.closed-beside',
    'a use on one branch and the end of the exception on another, merged',
    'ENDED_BEFORE_MERGE',
    async (bench) => {
      const site = await bench.site('excepted');
      const world = await site.load(site.at('exported'));
      const time = site.after('exported');
      const ended = end(site, world, { who: 'omar', role: 'operator', time });
      const needs = request(site, world, time, '1.0.1', [first(world).id]);
      const one = await site.commit({ on: 'exported', by: 'omar', time, put: ended });
      const other = await site.commit({ on: 'exported', by: 'trainer', time, put: needs });
      const on = [one, other];
      return site.target(await site.commit({ on, by: null, time: time + 60, put: needs }));
    },
  ),
];
