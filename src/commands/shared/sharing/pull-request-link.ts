import { readAddress } from '../../../domain/remote-address.ts';

/** Short names of branches. */
export interface Proposal {
  readonly from: string;
  readonly into: string;
}

/** Where a pull request for a branch is opened in a browser; null where the host is not known by its name. */
export function pullRequestLink(address: string, { from, into }: Proposal): string | null {
  const read = readAddress(address);
  if (!read.ok || (read.address.kind !== 'https' && read.address.kind !== 'ssh')) return null;
  const { host, path } = read.address;
  const azure = azureOf(host, path);
  const site = azure ?? `https://${port(address, host)}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const branch = (name: string): string => name.split('/').map(encodeURIComponent).join('/');
  const query = (values: Readonly<Record<string, string>>): string => new URLSearchParams(values).toString();
  switch (azure === null ? kindOf(host) : 'azure') {
    case 'azure':
      return `${site}/pullrequestcreate?${query({ sourceRef: from, targetRef: into })}`;
    case 'github':
      return `${site}/compare/${branch(into)}...${branch(from)}?expand=1`;
    case 'gitlab': {
      const values = { 'merge_request[source_branch]': from, 'merge_request[target_branch]': into };
      return `${site}/-/merge_requests/new?${query(values)}`;
    }
    case 'bitbucket':
      return `${site}/pull-requests/new?${query({ source: from, dest: into })}`;
    case 'gitea':
      return `${site}/compare/${branch(into)}...${branch(from)}`;
    case null:
      return null;
  }
}

/** Whoever runs a platform of his own mostly has its name in that of the host. */
function kindOf(host: string): 'github' | 'gitlab' | 'bitbucket' | 'gitea' | null {
  const words = host.split(/[.-]/);
  if (words.includes('github')) return 'github';
  if (words.includes('gitlab')) return 'gitlab';
  if (host === 'bitbucket.org') return 'bitbucket';
  if (['gitea', 'forgejo', 'codeberg'].some((name) => words.includes(name))) return 'gitea';
  return null;
}

/** `org/project/_git/repository`, or over ssh `v3/org/project/repository`. */
function azureOf(host: string, path: string): string | null {
  if (host === 'dev.azure.com' && path.includes('/_git/')) return `https://${host}/${path}`;
  const [version, organisation, project, repository] = path.split('/');
  if (host !== 'ssh.dev.azure.com' || version !== 'v3' || repository === undefined) return null;
  return `https://dev.azure.com/${organisation}/${project}/_git/${repository}`;
}

/** The host with the port of an https address: a browser goes there too, unlike to that of ssh. */
function port(address: string, host: string): string {
  const [, number] = /^https:\/\/(?:[^/]*@)?(?:\[[^\]]*\]|[^/:]*):(\d+)(?:\/|$)/i.exec(address) ?? [];
  return number === undefined ? host : `${host}:${number}`;
}
