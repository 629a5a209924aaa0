import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { approval, approvalFiles } from '../../attacks/acts.ts';
import type { Site } from '../../attacks/site.ts';

/** A place that makes commits of its own: who it says it is, and the gpg key it signs with. */
export interface Platform {
  readonly name: string;
  readonly email: string;
  readonly key: string | null;
}

/**
 * Does to real commits, with real git, what a platform's buttons do to them: the author stays the person, the committer
 * is the platform, and where the platform signs it signs with its own key.
 */
export class Host {
  readonly site: Site;
  private readonly platform: Platform;

  private constructor(site: Site, platform: Platform) {
    this.site = site;
    this.platform = platform;
  }

  /** `main` is at customer-deployed. Two approvers have signed on a branch of their own (`dora`, `gus`), and one after the other on a third (`both`). */
  static async open(site: Site, platform: Platform): Promise<Host> {
    const host = new Host(site, platform);
    const world = await site.load(site.at('deployed'));
    const sign = async (who: 'dora' | 'gus', gate: 'domain-validation' | 'governance-approval') => {
      const time = site.after('deployed', who === 'dora' ? 1 : 2);
      const put = approvalFiles(approval(site, world, { who, gate, time }));
      host.git('branch', '-f', who, await site.commit({ on: 'deployed', by: who, time, put }));
    };
    host.git('checkout', '-q', '-B', 'main', site.at('deployed'));
    await sign('dora', 'domain-validation');
    await sign('gus', 'governance-approval');
    host.git('branch', 'both', site.at('validated'));
    return host;
  }

  git(...args: readonly string[]): string {
    return this.site.git(args);
  }

  /** A commit of the platform in somebody's name. */
  as(author: string, ...args: readonly string[]): string {
    const { name, email } = this.platform;
    return this.site.git(args, undefined, {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: `${author}@example.org`,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    });
  }

  /** A merge commit, always. */
  merge(branch: string, onto = 'main', ...more: readonly string[]): string {
    this.git('checkout', '-q', onto);
    this.as('ana', 'merge', '-q', '--no-ff', ...more, this.sealed, '-m', `Merge ${branch}`, branch);
    return this.git('rev-parse', onto);
  }

  /** All of a branch as one new commit on another. */
  squash(branch: string, onto = 'main', author = 'ana'): string {
    this.git('checkout', '-q', onto);
    this.git('merge', '-q', '--squash', branch);
    this.as(author, 'commit', '-q', this.sealed, '-m', `${branch} (#1)`);
    return this.git('rev-parse', onto);
  }

  /** Each commit of a branch made anew on another, although nothing may have moved. No platform signs these. */
  rebase(branch: string, onto = 'main'): string {
    this.git('checkout', '-q', branch);
    this.as('ana', 'rebase', '-q', '--force-rebase', '--no-gpg-sign', onto);
    return this.git('rev-parse', branch);
  }

  /** `main` moves on to a branch that holds it. */
  forward(branch: string): string {
    this.git('checkout', '-q', 'main');
    this.git('merge', '-q', '--ff-only', branch);
    return this.git('rev-parse', 'main');
  }

  /** Files edited in the browser, on a branch that is made where it is not there. */
  edit(branch: string, files: Readonly<Record<string, string>>, message = 'Update', author = 'ana'): string {
    if (this.git('branch', '--list', branch) === '') this.git('branch', branch, 'main');
    this.git('checkout', '-q', branch);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(this.site.directory, path), text);
    this.git('add', '--', ...Object.keys(files));
    this.as(author, 'commit', '-q', this.sealed, '-m', message);
    return this.git('rev-parse', branch);
  }

  /** A branch on `main` that takes a commit back. */
  revert(commit: string, ...more: readonly string[]): void {
    this.git('checkout', '-q', '-B', 'revert-1', 'main');
    this.as('ana', 'revert', '--no-edit', '--no-commit', ...more, commit);
    this.as('ana', 'commit', '-q', this.sealed, '-m', 'Revert');
  }

  /** A branch on `main` that has a commit once more. */
  cherryPick(commit: string): void {
    this.git('checkout', '-q', '-B', 'pick', 'main');
    this.as('ana', 'cherry-pick', this.sealed, commit);
  }

  private get sealed(): string {
    return this.platform.key === null ? '--no-gpg-sign' : `--gpg-sign=${this.platform.key}`;
  }
}
