import { printJson, type Json } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/digest.ts';
import { toSeconds, type Time } from '../../domain/names.ts';

/**
 * Results files as lm-evaluation-harness 0.4.9 writes them, for the demonstration and for tests. The same run gives
 * the same bytes.
 */

export interface SampleTask {
  readonly task: string;
  readonly metric: string;
  readonly filter: string;
  readonly value: number;
  /** Without it that of a proportion, √(p(1−p)/(n−1)); null where the harness estimates none. */
  readonly stderr?: number | null;
  readonly higherIsBetter?: boolean;
  readonly samples: number;
  readonly version?: number;
  /** Without it one that depends on task and version only, so that two runs compare. */
  readonly hash?: string;
  readonly shots?: number;
}

export interface SampleRun {
  /** Such as `Qwen/Qwen2.5-7B-Instruct`. */
  readonly base: string;
  readonly revision: string;
  /** Path of the adapter; null for the base model itself. */
  readonly adapter: string | null;
  readonly tasks: readonly SampleTask[];
  readonly date: Time;
  /** The seeds of random, numpy, torch and few-shot sampling. */
  readonly seeds?: readonly [number, number, number, number];
  readonly adapterSha?: string;
  readonly harnessVersion?: string;
  readonly gitHash?: string;
}

/** @returns the text of a `results_<date>.json`. */
export function sampleResults(run: SampleRun): string {
  const tasks = [...new Set(run.tasks.map(({ task }) => task))].sort();
  const table = (of: (columns: readonly SampleTask[], first: SampleTask) => Json): Json =>
    Object.fromEntries(
      tasks.flatMap((task) => {
        const columns = run.tasks.filter((column) => column.task === task);
        const [first] = columns;
        return first === undefined ? [] : [[task, of(columns, first)]];
      }),
    );
  const name = run.adapter ?? run.base;
  const peft = run.adapter === null ? '' : `,peft=${run.adapter}`;
  const args = `pretrained=${run.base},revision=${run.revision}${peft},dtype=bfloat16`;
  const [random, numpy, torch, fewshot] = run.seeds ?? [0, 1234, 1234, 1234];
  const started = 1000.5;
  const seconds = 1800.25;
  return printJson({
    results: table(resultsRow),
    group_subtasks: table(() => []),
    configs: table((columns, first) => taskConfig(run, columns, first)),
    versions: table((_, { version }) => version ?? 1),
    'n-shot': table((_, { shots }) => shots ?? 0),
    higher_is_better: table((columns) =>
      Object.fromEntries(columns.map(({ metric, higherIsBetter }) => [metric, higherIsBetter ?? true])),
    ),
    'n-samples': table((_, { samples }) => ({ original: samples, effective: samples })),
    config: {
      model: 'hf',
      model_args: args,
      model_num_parameters: 7_615_616_512,
      model_dtype: 'torch.bfloat16',
      model_revision: run.revision,
      model_sha: /^[0-9a-f]{40}$/.test(run.revision)
        ? run.revision
        : sha256(`${run.base}@${run.revision}`).slice(0, 40),
      ...(run.adapterSha !== undefined && { peft_sha: run.adapterSha }),
      batch_size: '16',
      batch_sizes: [],
      device: 'cuda:0',
      use_cache: null,
      limit: null,
      bootstrap_iters: 100_000,
      gen_kwargs: null,
      random_seed: random,
      numpy_seed: numpy,
      torch_seed: torch,
      fewshot_seed: fewshot,
    },
    git_hash: run.gitHash ?? '1f84a09f',
    date: toSeconds(run.date) + 0.25,
    pretty_env_info:
      'PyTorch version: 2.9.0+cu128\nIs debug build: False\nPython version: 3.11.13 (64-bit runtime)',
    transformers_version: '4.57.6',
    lm_eval_version: run.harnessVersion ?? '0.4.9.2',
    upper_git_hash: null,
    tokenizer_pad_token: ['<|endoftext|>', '151643'],
    tokenizer_eos_token: ['<|im_end|>', '151645'],
    tokenizer_bos_token: [null, 'None'],
    eot_token_id: 151_645,
    max_length: 32_768,
    task_hashes: table((_, { task, version, hash }) => hash ?? sha256(`${task} ${version ?? 1}`)),
    model_source: 'hf',
    model_name: name,
    model_name_sanitized: name.replace(/[^\w.-]/g, '__'),
    system_instruction: null,
    system_instruction_sha: null,
    fewshot_as_multiturn: false,
    chat_template: null,
    chat_template_sha: null,
    start_time: started,
    end_time: started + seconds,
    total_evaluation_time_seconds: String(seconds),
  });
}

function resultsRow(columns: readonly SampleTask[], { task }: SampleTask): Json {
  const cells = columns.flatMap(({ metric, filter, value, stderr, samples }): [string, Json][] => [
    [`${metric},${filter}`, value],
    [`${metric}_stderr,${filter}`, stderr === null ? 'N/A' : (stderr ?? proportionStderr(value, samples))],
  ]);
  return { alias: task, ...Object.fromEntries(cells) };
}

/** 'N/A' where the value is no proportion or there is but one sample, as the harness writes it. */
function proportionStderr(value: number, samples: number): number | string {
  return value < 0 || value > 1 || samples < 2 ? 'N/A' : Math.sqrt((value * (1 - value)) / (samples - 1));
}

function taskConfig(run: SampleRun, columns: readonly SampleTask[], first: SampleTask): Json {
  return {
    task: first.task,
    dataset_path: first.task,
    test_split: 'test',
    doc_to_text: 'Question: {{question}}\nAnswer:',
    doc_to_target: '{{answer}}',
    unsafe_code: false,
    description: '',
    target_delimiter: ' ',
    fewshot_delimiter: '\n\n',
    num_fewshot: first.shots ?? 0,
    metric_list: columns.map(({ metric, higherIsBetter }) => ({
      metric,
      aggregation: 'mean',
      higher_is_better: higherIsBetter ?? true,
    })),
    output_type: 'generate_until',
    generation_kwargs: { until: ['\n\n'], do_sample: false, temperature: 0, max_gen_toks: 512 },
    repeats: 1,
    should_decontaminate: false,
    metadata: {
      version: first.version ?? 1,
      pretrained: run.base,
      ...(run.adapter !== null && { peft: run.adapter }),
    },
  };
}
