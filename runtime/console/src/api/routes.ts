import type {
  alertEndpoints,
  BodyOf,
  controlEndpoints,
  dashboardEndpoints,
  Endpoint,
  JsonPayload,
  LinesPayload,
  ParamsOf,
  QueryOf,
  registryEndpoints,
  TextPayload
} from "@millrace/sdk/api"

// Types alone: the endpoints' schemas would bring Effect into the page.

type Known =
  | (typeof alertEndpoints)[number]
  | (typeof controlEndpoints)[number]
  | (typeof dashboardEndpoints)[number]
  | (typeof registryEndpoints)[number]

/** A method and a path of the API, as in `GET /api/status/:pipeline`. One that the API has not does not compile. */
export type Route = RouteOf<Known>
type RouteOf<E> = E extends Endpoint ? `${E["method"]} ${E["path"]}` : never

type EndpointOf<R extends Route, E = Known> = E extends Endpoint ? (RouteOf<E> extends R ? E : never) : never

/** What a route asks for; parts that it has not are left out. */
export type RequestOf<R extends Route> = PartOf<"params", ParamsOf<EndpointOf<R>>> &
  PartOf<"query", QueryOf<EndpointOf<R>>> &
  (EndpointOf<R> extends { readonly body: JsonPayload }
    ? { readonly body: BodyOf<EndpointOf<R>, never> }
    : object)

type PartOf<Name extends string, Part> = keyof Part extends never
  ? object
  : object extends Part
    ? { readonly [N in Name]?: Part }
    : { readonly [N in Name]: Part }

/** What a route answers, as it stands in the reply: the page decodes nothing that the platform has just encoded. */
export type ReplyOf<R extends Route> = EncodedOf<EndpointOf<R>["success"]["payload"]>
type EncodedOf<P> =
  P extends JsonPayload<infer S>
    ? S["Encoded"]
    : P extends LinesPayload<infer S>
      ? S["Encoded"]
      : P extends TextPayload
        ? string
        : undefined
