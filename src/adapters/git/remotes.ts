import { CannotTell } from '../../base/errors.ts';
import { readAddress, shownAddress } from '../../domain/remote-address.ts';
import type { FetchOrder, PushOrder, PushResult, Remotes } from '../../ports/remote.ts';
import type { FoundRepository } from './discover.ts';
import { failureOf } from './failure.ts';
import { isFullId } from './object-id.ts';
import { isRefName } from './refs.ts';
import { localSettings, remoteNames, startedBy, upstreamOf } from './remote-config.ts';
import { withTransport, type Transport, type TransportResult } from './transport.ts';

/** Other copies of a repository that was found. */
export function remotesOf(found: FoundRepository, ambient: NodeJS.ProcessEnv): Remotes {
  const at = { found, ambient };
  return {
    names: async () => remoteNames(await localSettings(found)),
    upstream: (branch, named) => upstreamOf(found, branch, named),
    fetch: (order) =>
      withTransport(at, order.from.fetchFrom, order.have, (transport) => fetched(transport, order)),
    push: (order) => withTransport(at, order.to.pushTo, [], (transport) => pushed(transport, order)),
    startedByPush: async ({ pushTo }) => {
      const read = readAddress(pushTo);
      return read.ok && read.address.kind === 'file' ? await startedBy(found, read.address.path) : [];
    },
    defaultBranch: (from) =>
      withTransport(at, from.fetchFrom, [], async ({ run, remote }) => {
        const answer = await run(['ls-remote', '--symref', remote, 'HEAD']);
        if (answer.code !== 0) throw unreachable(answer, from.fetchFrom);
        const [, ref = null] = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(answer.stdout) ?? [];
        return ref !== null && isRefName(ref) ? ref : null;
      }),
  };
}

/** Where a ref of the other side is kept while it comes in. */
const INCOMING = 'refs/in/';

async function fetched(transport: Transport, order: FetchOrder): Promise<ReadonlyMap<string, string>> {
  const { run, remote, plumbing, keep } = transport;
  let wanted = order.refs;
  for (;;) {
    const specs = wanted.map((ref) => {
      const all = ref.endsWith('/') ? `${ref}*` : ref;
      return `+${all}:${INCOMING}${all}`;
    });
    const answer = await run(
      [
        'fetch',
        '--progress',
        '--no-tags',
        '--no-recurse-submodules',
        '--no-write-fetch-head',
        '--refmap=',
        '--',
        remote,
        ...specs,
      ],
      order,
    );
    if (answer.code === 0) break;
    // git tells of one missing ref at a time.
    const [, gone] = /couldn't find remote ref (\S+)/.exec(answer.stderr) ?? [];
    const left = wanted.filter((ref) => ref !== gone);
    if (left.length === wanted.length) throw unreachable(answer, order.from.fetchFrom);
    if (left.length === 0) return new Map();
    wanted = left;
  }
  const { stdout } = await plumbing.run([
    'for-each-ref',
    '--format=%(objecttype) %(objectname) %(refname)',
    INCOMING,
  ]);
  const found = stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, id, ref] = /^commit ([0-9a-f]+) refs\/in\/(refs\/.+)$/.exec(line) ?? [];
      return id !== undefined && ref !== undefined && isRefName(ref) ? [[ref, id] as const] : [];
    });
  await keep();
  return new Map(found);
}

async function pushed({ run, remote }: Transport, order: PushOrder): Promise<PushResult> {
  const { commit, ref, to } = order;
  if (!isRefName(ref) || !(isFullId(commit, 'sha1') || isFullId(commit, 'sha256')))
    throw new Error(`not a full id and a ref: ${commit} ${ref}`);
  const options = ['--porcelain', '--progress', '--no-verify', '--recurse-submodules=no', '--no-follow-tags'];
  const answer = await run(['push', ...options, '--', remote, `${commit}:${ref}`], order);
  const [, flag = '', summary = ''] = /^([ *=!+-])\t\S+\t(.*)$/m.exec(answer.stdout) ?? [];
  if (answer.code === 0 && flag !== '!') return { kind: flag === '=' ? 'same' : 'pushed' };
  if (flag !== '!') throw unreachable(answer, to.pushTo);
  if (summary.startsWith('[rejected]') || RACED.test(`${summary}\n${answer.stderr}`))
    return { kind: 'moved' };
  const told = answer.stderr.split('\n').flatMap((line) => /^remote: ?(.*?)\s*$/.exec(line)?.[1] ?? []);
  return { kind: 'refused', words: [summary, ...told.filter((line) => line !== '')].slice(0, 40) };
}

/** What git says where somebody else moved the ref between looking and pushing. */
const RACED =
  /failed to update ref|cannot lock ref|failed to lock|unable to (create|lock)[^\n]*\.lock|incorrect old value|reference already exists|is at [0-9a-f]+ but expected/i;

const NOT_LET_IN =
  /authentication failed|permission denied|could not read (username|password)|terminal prompts disabled|access denied|returned error: 40[13]|host key verification failed/i;

function unreachable({ stderr, code }: TransportResult, address: string): CannotTell {
  if (stderr.includes('dubious ownership'))
    return failureOf({ verb: 'fetch', directory: address, stderr, code });
  const facts = stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/\b\d+% \(/.test(line))
    .slice(-12)
    .map((line) => line.replace(/([a-z+]+:\/\/)[^/\s]*@/gi, '$1…@'));
  const options = {
    facts: facts.length > 0 ? facts : [code === null ? 'git was killed' : `git ended with ${code}`],
    place: { file: shownAddress(address) },
  };
  if (NOT_LET_IN.test(stderr))
    return new CannotTell('NOT_PERMITTED', 'the remote does not let you in', {
      ...options,
      remedy: 'see that `git ls-remote` with this address works, then run this again',
    });
  if (
    /fsck error|index-pack failed|invalid index-pack|bad object|unpack-objects failed/i.test(stderr) &&
    !/early EOF|hung up|disconnect/i.test(stderr)
  )
    return new CannotTell('BAD_DATA', 'what the remote sent is not sound', options);
  return new CannotTell('UNREACHABLE', 'the remote could not be reached', {
    ...options,
    remedy: 'see that you are connected and that the address is right (git remote -v), then run this again',
  });
}
