/** One route that a resolve used, as a candidate records it. */
export interface RouteUse {
  readonly registry: string;
  readonly package: string;
  readonly routeClass: "public" | "hosted" | "proxied" | "unknown";
  /** The alias of a proxied route. */
  readonly alias?: string;
}
