# Detection on the CPU: one program of 28 MB, and Debian's libraries that decode and draw pictures.
#
#   docker build -f Docker/detect.Dockerfile -t ssd .
#   docker run --rm -v "$PWD:/data" ssd detect model.safetensors photos --json found.jsonl
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      make libjpeg-dev libpng-dev libwebp-dev libcairo2-dev libxml2-dev \
      fontconfig fonts-dejavu-core
WORKDIR /source
COPY . .
RUN make native

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libjpeg62-turbo libpng16-16 libwebp7 libpangocairo-1.0-0 libxml2 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/.build-native/ssd /usr/local/bin/ssd
RUN ssd --version
WORKDIR /data
ENTRYPOINT ["ssd"]
