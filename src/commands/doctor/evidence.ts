import { CannotTell } from '../../base/errors.ts';
import { toTime } from '../../domain/names.ts';
import { filesUnder } from '../../domain/tree.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { counted } from '../shared/notices.ts';
import { printTrustRoot } from '../shared/trust-root.ts';
import { openWorkspace, type Workspace } from '../shared/workspace.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

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
    return { findings: [unopened(error)], workspace: null };
  }
  const { root, ref, repository, valid } = workspace;
  const id = workspace.world.law.repository.id;
  const { findings } = workspace.verification;
  const paths = filesUnder(valid.tree, '').map(([path]) => path);
  const dirty = workspace.facts.workTree === null ? [] : await repository.dirty(paths);
  return {
    workspace,
    findings: [
      (await context.trust.rootOf(id)) === null
        ? warning(
            'trust root',
            'given, but not pinned for you',
            `modelsmith verify --root ${printTrustRoot(root)} --pin`,
          )
        : ok('trust root', `pinned for ${id}`),
      findings.length === 0
        ? ok('history', `${counted(workspace.verification.commits.length, 'commit')}, no findings`)
        : problem('history', `${findings.length} findings`, 'modelsmith verify'),
      ref === null
        ? problem('branch', 'no branch is checked out, so nothing can be written', 'git switch main')
        : ok('branch', ref),
      clock(context.now(), valid.clock),
      dirty.length === 0
        ? ok('work tree', 'as the last commit left it')
        : warning(
            'work tree',
            `changed by hand: ${dirty.slice(0, 5).join(', ')}${dirty.length > 5 ? ` and ${dirty.length - 5} more` : ''}`,
            'git restore <file>   (what counts is in the commits)',
          ),
    ],
  };
}

function unopened({ code, message, remedy }: CannotTell): Finding {
  return code === 'NO_REPOSITORY'
    ? warning(
        'repository',
        'there is no evidence repository here',
        'cd into one, add -C <folder>, or modelsmith init',
      )
    : problem(code === 'NO_TRUST_ROOT' ? 'trust root' : 'repository', message, remedy ?? 'modelsmith verify');
}

function clock(now: number, latest: number): Finding {
  const check = 'clock';
  const shown = `${toTime(now)} here, ${toTime(latest)} the latest signature`;
  return latest <= now + TOLERANCE
    ? ok(check, shown)
    : problem(
        check,
        `${shown}: this clock is behind, or that one was ahead`,
        'set the clock (timedatectl set-ntp true)',
      );
}
