# landlock-run in a container: COMMAND runs under a policy that is part of the image.
#
#   docker build -t landlock-run .
#   docker run --rm --cap-drop=ALL --security-opt=no-new-privileges --read-only --network=none landlock-run node -v
#
# Targets: the last one (Node, landlock-run as the entry point), and `launcher`, an image without Node in which a compiled launcher of the same
# policy is the entry point. Bases are arguments, so that it builds from whatever registry there is:
ARG BUILD_BASE=node:20-bookworm
ARG NODE_BASE=node:20-bookworm-slim
ARG PLAIN_BASE=debian:bookworm-slim

FROM ${BUILD_BASE} AS build
WORKDIR /src
COPY . .
# A context that brings its node_modules along is built without a network.
RUN if [ ! -d node_modules ]; then npm ci --no-audit --no-fund; fi && npm run --silent build
# What runs: everything that it imports is bundled, so no node_modules.
RUN mkdir -p /opt/landlock-run/native/build/Release \
    && cp -R package.json bin dist LICENSE README.md /opt/landlock-run/ \
    && cp native/build/Release/landlock_run.node /opt/landlock-run/native/build/Release/ \
    && chmod -R go+rX,go-w /opt/landlock-run
# Which policy: a file of the context.
ARG POLICY=examples/container.yaml
RUN mkdir -p /etc/landlock-run && cp "$POLICY" /etc/landlock-run/policy.yaml \
    && /opt/landlock-run/bin/landlock-run --policy /etc/landlock-run/policy.yaml --compile /opt/launcher

FROM ${PLAIN_BASE} AS launcher
COPY --from=build /opt/launcher /usr/local/bin/landlock-run-launcher
# No user of this number needs to exist; nothing in the image belongs to it.
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/landlock-run-launcher"]

FROM ${NODE_BASE}
COPY --from=build /opt/landlock-run /opt/landlock-run
COPY --from=build /etc/landlock-run /etc/landlock-run
RUN ln -s /opt/landlock-run/bin/landlock-run /usr/local/bin/landlock-run
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/landlock-run", "--policy", "/etc/landlock-run/policy.yaml", "--"]
CMD ["node", "--version"]
