# The server. Built and run on Ubuntu, whose own archive carries .NET 10. The build restores libraries from NuGet and npm, pinned by the lock files.
FROM ubuntu:26.04 AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends dotnet-sdk-10.0 nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/MemScope.Web -c Release -o /app

FROM ubuntu:26.04
# binutils gives source lines, inlined calls and readable C++ names, llvm where binutils does not know the machine; xz-utils and zstd unpack symbol tables; libzstd1 unpacks .zst files; curl asks for the health below.
RUN apt-get update \
 && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 binutils curl libzstd1 llvm xz-utils zstd \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /var/lib/memscope --create-home memscope
COPY --from=build /app /app
USER memscope
ENV MEMSCOPE_DATA=/var/lib/memscope \
    MEMSCOPE_URL=http://0.0.0.0:5220
VOLUME /var/lib/memscope
EXPOSE 5220
# MEMSCOPE_DB must name a PostgreSQL server: this image holds none.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD curl -fsS http://127.0.0.1:5220/readyz
ENTRYPOINT ["dotnet", "/app/MemScope.Web.dll"]
