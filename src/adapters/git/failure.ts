import { CannotTell } from '../../base/errors.ts';

/** How a git process ended when it did not answer. */
export interface GitFailure {
  readonly verb: string;
  readonly directory: string;
  readonly stderr: string;
  /** Null where it was never started or was killed. */
  readonly code: number | null;
  readonly cause?: unknown;
}

/** What a failed git process means to a person, as NO_REPOSITORY, NOT_PERMITTED, TOOL_MISSING or IO_FAILED. */
export function failureOf(failure: GitFailure): CannotTell {
  const facts = failure.stderr
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  const place = { file: failure.directory };
  const options = { facts, place, cause: failure.cause };
  if (isErrno(failure.cause, 'ENOENT')) {
    // A missing working directory looks like a missing program to `spawn`; the caller has checked the directory.
    return new CannotTell('TOOL_MISSING', 'git is not installed, or not on the PATH', {
      ...options,
      remedy: 'install git 2.34 or newer, then run this again',
    });
  }
  if (failure.stderr.includes('dubious ownership')) {
    return new CannotTell('NOT_PERMITTED', 'git refuses this repository because it belongs to another user', {
      ...options,
      remedy: `if you trust its owner: git config --global --add safe.directory ${quoted(failure.directory)}`,
    });
  }
  if (/not a git repository|must be run in a work tree/i.test(failure.stderr)) {
    return noRepository(failure.directory, facts);
  }
  if (/permission denied/i.test(failure.stderr)) {
    return new CannotTell(
      'NOT_PERMITTED',
      `git ${failure.verb} may not read or write part of the repository`,
      options,
    );
  }
  return new CannotTell('IO_FAILED', `git ${failure.verb} failed`, {
    ...options,
    facts: facts.length > 0 ? facts : [failure.code === null ? 'it was killed' : `exit code ${failure.code}`],
  });
}

export function noRepository(directory: string, facts: readonly string[] = []): CannotTell {
  return new CannotTell('NO_REPOSITORY', 'there is no git repository here or in any folder above', {
    facts,
    place: { file: directory },
    remedy:
      'change into the evidence repository or name it with -C <directory>; `modelsmith init` makes a new one',
  });
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** For showing in a remedy only; nothing is ever passed to a shell. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
