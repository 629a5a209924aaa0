import { isThisMachine } from './remote-address.ts';

/** Where exported models lie: a folder in OCI image layout, or a repository of a registry. */
export type RegistryPlace = { readonly kind: 'layout'; readonly folder: string } | RemoteRegistry;

export interface RemoteRegistry {
  readonly kind: 'remote';
  /** With a port, where one was given. */
  readonly host: string;
  readonly repository: string;
  /** Said by the person: what is sent may be read and changed on the way. */
  readonly plainHttp: boolean;
}

export type ReadPlace =
  | { readonly ok: true; readonly place: RegistryPlace }
  /** A sentence that goes on from "the registry". */
  | { readonly ok: false; readonly why: string };

const SCHEME = 'oci://';
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/;
/** As the distribution specification has it. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const MAX_LENGTH = 255;
/** What a record takes. */
const MAX_TEXT = 400;

/** `oci://<host>/<repository>`; any other text is a folder. */
export function readRegistryPlace(text: string, plainHttp: boolean): ReadPlace {
  const no = (why: string): ReadPlace => ({ ok: false, why });
  if (/^(?:https?|docker):\/\//i.test(text))
    return no('is written oci://<host>/<repository>; --plain-http speaks with it in the clear');
  if (!text.startsWith(SCHEME)) {
    // What people ask for is a registry; a folder of that name would come as a surprise.
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return no('begins with neither oci:// nor a path');
    return { ok: true, place: { kind: 'layout', folder: text } };
  }
  if (text.length > MAX_TEXT) return no(`has more than ${MAX_TEXT} characters`);
  const [host = '', ...components] = text.slice(SCHEME.length).split('/');
  const repository = components.join('/');
  if (!HOST.test(host)) return no('names no host');
  if (repository === '') return no('names no repository: oci://<host>/<repository>');
  if (repository.length > MAX_LENGTH || !components.every((each) => COMPONENT.test(each)))
    return no(
      'names a repository that no registry can have: lower-case letters, digits, and . _ - between them',
    );
  return { ok: true, place: { kind: 'remote', host, repository, plainHttp } };
}

export function printRegistryPlace(place: RegistryPlace): string {
  return place.kind === 'layout' ? place.folder : `${SCHEME}${place.host}/${place.repository}`;
}

/** Whether a host, with or without a port, is this machine itself. */
export function isLoopback(host: string): boolean {
  return isThisMachine(host.replace(/:[0-9]+$/, ''));
}
