/** Addresses of codes are typed from signs, where all letters are large: `/C/…` is `/c/…`. */
export const reroute = ({ url }: { readonly url: URL }): string => url.pathname.replace(/^\/C\//u, '/c/');
