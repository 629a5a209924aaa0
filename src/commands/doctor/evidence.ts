import { CannotTell } from '../../base/errors.ts';
import { toTime } from '../../domain/names.ts';
import { filesUnder } from '../../domain/tree.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { counted } from '../shared/views/notices.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import { openWorkspace, type Workspace } from '../shared/opening/workspace.ts';
import { bad, ok, unknown, warn, type Finding } from './finding.ts';

export interface Patient {
  readonly findings: readonly Finding[];
  /** Null where there is no repository here, or nothing in it can be believed. */
  readonly workspace: Workspace | null;
}

/** How far this clock may run behind what is signed already; the law's own tolerance. Seconds. */
const TOLERANCE = 600;

/** The evidence repository here: trust root, history, branch, clock, work tree. */
export async function evidence(context: Context, common: CommonOptions): Promise<Patient> {
  let workspace: Workspace;
  try {
    workspace = await openWorkspace(context, { ...common, dryRun: true });
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    const ahead = error.facts.some((fact) => fact.endsWith(': FROM_THE_FUTURE'));
    const behind = bad(
      'clock',
      `${toTime(context.now())} here, and even the trust root was signed later`,
      SET_CLOCK,
    );
    return { findings: [unopened(error), ...(ahead ? [behind] : [])], workspace: null };
  }
  const { root, ref, repository, valid } = workspace;
  const id = workspace.world.law.repository.id;
  const { findings } = workspace.verification;
  const paths = filesUnder(valid.tree, '').map(([path]) => path);
  const dirty = workspace.facts.workTree === null ? [] : await repository.dirty(paths);
  return {
    workspace,
    findings: [
      ok('clone', 'the whole history is here'),
      (await context.trust.rootOf(id)) === null
        ? warn(
            'trust root',
            'given, but not pinned for you',
            `modelsmith verify --root ${printTrustRoot(root)} --pin`,
          )
        : ok('trust root', `pinned for ${id}`),
      findings.length === 0
        ? ok('history', `${counted(workspace.verification.commits.length, 'commit')}, no findings`)
        : bad('history', counted(findings.length, 'finding'), 'modelsmith verify'),
      ref === null
        ? bad('branch', 'no branch is checked out, so nothing can be written', 'git switch main')
        : ok('branch', ref),
      clock(context.now(), Math.max(valid.clock, ...fromTheFuture(findings))),
      await disk(context, common.directory),
      dirty.length === 0
        ? ok('work tree', 'as the last commit left it')
        : warn(
            'work tree',
            `changed by hand: ${dirty.slice(0, 5).join(', ')}${dirty.length > 5 ? ` and ${dirty.length - 5} more` : ''}`,
            'git restore <file>   (what counts is in the commits)',
          ),
    ],
  };
}

function unopened({ code, message, remedy }: CannotTell): Finding {
  const check = { NO_TRUST_ROOT: 'trust root', OBJECT_MISSING: 'clone', NOT_PERMITTED: 'safe.directory' };
  return code === 'NO_REPOSITORY'
    ? warn(
        'repository',
        'there is no evidence repository here',
        'cd into one, add -C <folder>, or modelsmith init',
      )
    : bad(
        code in check ? check[code as keyof typeof check] : 'repository',
        message,
        remedy ?? 'modelsmith verify',
      );
}

const SET_CLOCK = 'set the clock (timedatectl set-ntp true)';

/** When what this clock takes to be from the future was signed: it is the clock that is wrong, as a rule. */
function fromTheFuture(findings: Workspace['verification']['findings']): readonly number[] {
  return findings.flatMap(({ reason }) =>
    reason.code === 'FROM_THE_FUTURE' ? [Date.parse(reason.facts.signed) / 1000] : [],
  );
}

function clock(now: number, latest: number): Finding {
  const check = 'clock';
  const shown = `${toTime(now)} here, ${toTime(latest)} the latest signature`;
  return latest <= now + TOLERANCE
    ? ok(check, shown)
    : bad(check, `${shown}: this clock is behind, or that one was ahead`, SET_CLOCK);
}

/** A signed commit needs little; git needs some room to breathe when it packs. Bytes. */
const ENOUGH = 200 * 1024 * 1024;
const TOO_LITTLE = 10 * 1024 * 1024;

async function disk({ files }: Context, directory: string): Promise<Finding> {
  const check = 'disk';
  const free = await files.free(directory);
  if (free === null) return unknown(check, 'this system does not tell how much room is left');
  const shown = `${Math.floor(free / 1024 / 1024)} MiB free`;
  if (free >= ENOUGH) return ok(check, shown);
  return (free < TOO_LITTLE ? bad : warn)(check, shown, 'make room, where the repository lies');
}
