import type { Artifact } from '../../../domain/request.ts';
import type { RequestOrigin } from '../../../domain/request-origin.ts';

/** What an artifact is, in a few words. */
export function artifactWords({ format, facts }: Pick<Artifact, 'format' | 'facts'>): string {
  return 'rank' in facts
    ? `${format}, rank ${facts.rank}, ${facts.parameters} parameters`
    : `${format}, ${facts.architecture}, ${facts.tensors} tensors, ${facts.parameters} parameters, ${facts.types.join(', ')}`;
}

/** Where an artifact was taken from, as whoever submitted it says. */
export function originWords({ registry, manifest }: RequestOrigin): string {
  return registry === undefined ? `an image layout, sha256:${manifest}` : `${registry}@sha256:${manifest}`;
}

export function originLines(origin: RequestOrigin | undefined): readonly string[] {
  return origin === undefined ? [] : [`taken from ${originWords(origin)}`];
}
