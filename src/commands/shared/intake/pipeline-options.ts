import type { OptionSpec } from '../command.ts';
import { TRUST_OPTIONS } from './model-signature.ts';

/** Options that several verbs of the pipeline have. */

export const ADAPTER_OPTION: OptionSpec = {
  flags: '--adapter <folder>',
  description:
    'folder of the adapter (PEFT), or of a whole model (safetensors as Transformers saves it, or GGUF)',
};

export const IMPORTER_OPTION: OptionSpec = {
  flags: '--importer <name>',
  description: 'read the output with this importer (default: the one that knows it)',
};

export const REGISTRY_OPTION: OptionSpec = {
  flags: '--registry <registry>',
  description:
    'where to export to: a folder in OCI image layout, or oci://<host>/<repository> (default: MODELSMITH_REGISTRY, else ' +
    'your settings, else the folder <repository>-registry beside it)',
};

export const REQUEST_OPTIONS: readonly OptionSpec[] = [
  ADAPTER_OPTION,
  ...TRUST_OPTIONS,
  {
    flags: '--metadata <file>',
    description: 'the metadata payload, YAML (modelsmith request --template prints one)',
  },
  { flags: '--base <name@pin>', description: 'the base model, where the adapter does not pin it' },
  {
    flags: '--lock <id>',
    description: 'the lock to be measured by (default: the newest before training began)',
  },
  {
    flags: '--on-behalf-of <person>',
    description: 'for whom this is asked (default: you; for an automation its owner)',
  },
  {
    flags: '--exception <exception>',
    description: 'an open exception without which it would be refused',
    repeat: true,
  },
];
