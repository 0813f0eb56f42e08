import { integrityOf } from "@millrace/sdk/build"
import type { PhysicalPlan } from "../../plan/index.ts"

// Variants of a bundle, by the guest ABI (sdk/src/guest/abi.ts): a text that is run after the bundle and puts another
// GuestBundle in its place. They run in the sandbox like any bundle.

/**
 * The plugin without its body's work: each body is called for the first `records` records of its input, and from then on answers
 * what it answered to them, in the same order. What is left is what a record costs beside the body.
 */
export const rememberingBodies = (records: { readonly [input: string]: number }): string =>
  variant(`
    const counts = ${JSON.stringify(records)};
    const remembering = (body, total) => {
      const answers = [], failed = [];
      let learnt = 0, at = 0;
      const learn = (value, record) => {
        const place = learnt++;
        let answer;
        try { answer = body.call(value, record) }
        catch (error) { failed[place] = true; answers[place] = error; throw error }
        if (answer === null || typeof answer !== "object" || answer.__millrace_pending !== true) {
          failed[place] = false;
          answers[place] = answer;
          return answer;
        }
        return {
          __millrace_pending: true,
          settle: (done, failing) => answer.settle(
            (settled) => { failed[place] = false; answers[place] = settled; done(settled) },
            (error) => { failed[place] = true; answers[place] = error; failing(error) }
          ),
          cancel: () => answer.cancel()
        };
      };
      const call = (value, record) => {
        if (learnt < total) return learn(value, record);
        const place = at;
        at = place + 1 === total ? 0 : place + 1;
        if (failed[place]) throw answers[place];
        return answers[place];
      };
      return { form: body.form, suspends: body.suspends, call };
    };
    const change = (instance) => {
      const bodies = {};
      for (const name of Object.keys(instance.bodies))
        bodies[name] = remembering(instance.bodies[name], counts[name] ?? 0);
      return { ...instance, bodies };
    };`)

/** Name of the log line by which {@link watchedFields} tells what a body looked at. */
export const fieldsMessage = "millrace bench: fields"

/** The plugin, its bodies given values that tell by a log line which of their fields are looked at, each the first time. */
export const watchedFields: string = variant(`
    const change = (instance, host) => {
      const bodies = {};
      for (const name of Object.keys(instance.bodies)) {
        const body = instance.bodies[name];
        const seen = new Set();
        const look = (field) => {
          if (typeof field !== "string" || seen.has(field)) return;
          seen.add(field);
          host.log("info", ${JSON.stringify(fieldsMessage)}, JSON.stringify({ input: name, field }));
        };
        const watch = (value) => value === null || typeof value !== "object" ? value : new Proxy(value, {
          get: (target, field) => { look(field); return target[field] }
        });
        bodies[name] = { form: body.form, suspends: body.suspends, call: (value, record) => body.call(watch(value), record) };
      }
      return { ...instance, bodies };
    };`)

function variant(change: string): string {
  return `
;(() => {
  const original = __millrace_bundle;${change}
  __millrace_bundle = {
    abi: 1,
    manifest: () => original.manifest(),
    derive: (plugin, request) => original.derive(plugin, request),
    open: (plugin, config, host) => change(original.open(plugin, config, host), host)
  };
})();
`
}

/** The plan with a text run after each bundle, in a process of its own. */
export const withVariant = (plan: PhysicalPlan, name: string, text: string): PhysicalPlan => ({
  ...plan,
  pipeline: `${plan.pipeline}-${name}`,
  chains: plan.chains.map((chain) => ({
    ...chain,
    segments: chain.segments.map((segment) => ({
      ...segment,
      domain: `${segment.domain}~${name}`,
      nodes: segment.nodes.map((node) => {
        const bundle = `${node.spec.bundle}${text}`
        return { ...node, spec: { ...node.spec, bundle, digest: integrityOf(bundle) } }
      })
    }))
  }))
})
