import type { Artifact } from '../../domain/request.ts';

/** What an artifact is, in a few words. */
export function artifactWords({ format, facts }: Pick<Artifact, 'format' | 'facts'>): string {
  return 'rank' in facts
    ? `${format}, rank ${facts.rank}, ${facts.parameters} parameters`
    : `${format}, ${facts.architecture}, ${facts.tensors} tensors, ${facts.parameters} parameters, ${facts.types.join(', ')}`;
}
