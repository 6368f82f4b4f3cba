using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MemScope.Core;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Web.Api;
using MemScope.Web.Ingest;

namespace MemScope.Web.Symbolication;

/// <summary>How long servers of debug files have, and how much they may send.</summary>
internal sealed record DebuginfodLimits
{
    /// <summary>For the connection.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the first byte of the answer: a server may have to unpack a package first.</summary>
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For each further part of the file.</summary>
    public TimeSpan EachRead { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the whole file.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Bytes of a file; null for <see cref="Limits.SymbolFileBytes"/>.</summary>
    public long? Bytes { get; init; }
}

/// <summary>What a server gave.</summary>
/// <param name="Outcome">How it ended; <see cref="DebuginfodOutcome.Stored"/> when <paramref name="Content"/> is there.</param>
/// <param name="Text">The same as a sentence.</param>
/// <param name="Content">The file, at its beginning; the caller disposes it.</param>
internal sealed record DebuginfodFetch(DebuginfodOutcome Outcome, string Text, FileStream? Content = null);

/// <summary>
/// Asks debuginfod servers for files by build id. Only addresses below those that the operator named are asked; redirects are not followed, nothing is sent but the build id, and a name that leads to
/// an address of the own network is refused unless the operator named a private host: what a trace says must not make this server knock on doors.
/// </summary>
internal sealed class DebuginfodClient : IDisposable
{
    private readonly DebuginfodServers _servers;
    private readonly DebuginfodLimits _times;
    private readonly BodySpool _spool;
    private readonly long _mostBytes;
    private readonly HttpClient _http;

    /// <summary>Makes one; nothing is asked yet.</summary>
    /// <param name="servers">Whom to ask.</param>
    /// <param name="spool">Where files are kept while they are looked at.</param>
    /// <param name="limits">Caps.</param>
    /// <param name="times">Time-outs.</param>
    /// <param name="resolve">Looks a host name up; null for the system's way.</param>
    public DebuginfodClient(DebuginfodServers servers, BodySpool spool, Limits limits, DebuginfodLimits? times = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        (_servers, _spool, _times) = (servers, spool, times ?? new DebuginfodLimits());
        _mostBytes = _times.Bytes ?? limits.SymbolFileBytes;
        var lookUp = resolve ?? Dns.GetHostAddressesAsync;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, Credentials = null, PreAuthenticate = false, AutomaticDecompression = DecompressionMethods.None, MaxConnectionsPerServer = 2,
            MaxResponseHeadersLength = 16, ConnectTimeout = _times.Connect, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, cancel) => ConnectAsync(context, lookUp, cancel),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("MemScope");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Asks one server after the other; never throws but for <paramref name="cancel"/>.</summary>
    /// <param name="buildId">The build id.</param>
    /// <param name="kind"><c>debuginfo</c> or <c>executable</c>.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<DebuginfodFetch> FetchAsync(BuildId buildId, string kind, CancellationToken cancel)
    {
        DebuginfodFetch? worst = null;
        foreach (var server in _servers.Urls)
        {
            var fetch = await FetchAsync(server, buildId, kind, cancel);
            if (fetch.Content is not null) return fetch;
            // That one server does not have it says less than that another was not able to tell.
            if (worst is null || worst.Outcome is DebuginfodOutcome.Missing) worst = fetch;
        }
        return worst ?? new DebuginfodFetch(DebuginfodOutcome.Missing, "No debuginfod server is configured.");
    }

    private async Task<DebuginfodFetch> FetchAsync(Uri server, BuildId buildId, string kind, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        over.CancelAfter(_times.Whole);
        try
        {
            // Both parts are of a closed set of characters: the address cannot leave the server's path.
            using var response = await _http.GetAsync(new Uri($"{server.AbsoluteUri.TrimEnd('/')}/buildid/{buildId.Hex}/{kind}"), HttpCompletionOption.ResponseHeadersRead, over.Token).WaitAsync(_times.FirstByte, over.Token);
            if (response.StatusCode is HttpStatusCode.NotFound) return new DebuginfodFetch(DebuginfodOutcome.Missing, $"{server.Host} does not have it.");
            if ((int)response.StatusCode is >= 300 and < 400) return new DebuginfodFetch(DebuginfodOutcome.Forbidden, $"{server.Host} sends elsewhere, which is not followed: name that server itself.");
            if (response.StatusCode is not HttpStatusCode.OK) return new DebuginfodFetch(DebuginfodOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"{server.Host} answered {(int)response.StatusCode}."));
            if (response.Content.Headers.ContentLength > _mostBytes) return TooLarge(server);
            await using var body = new PacedStream(await response.Content.ReadAsStreamAsync(over.Token), _times.EachRead);
            return new DebuginfodFetch(DebuginfodOutcome.Stored, $"{server.Host} sent it.", await _spool.ReceiveAsync(body, _mostBytes, null, over.Token));
        }
        catch (ProblemException)
        {
            return TooLarge(server);
        }
        catch (Exception e) when (e is TimeoutException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new DebuginfodFetch(DebuginfodOutcome.Failed, $"{server.Host} did not answer in time.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return ForbiddenIn(e) ?? new DebuginfodFetch(DebuginfodOutcome.Failed, $"{server.Host} cannot be reached.");
        }
    }

    private static DebuginfodFetch? ForbiddenIn(Exception? e)
    {
        for (; e is not null; e = e.InnerException) if (e is ForbiddenAddressException forbidden) return new DebuginfodFetch(DebuginfodOutcome.Forbidden, forbidden.Message);
        return null;
    }

    private DebuginfodFetch TooLarge(Uri server) => new(DebuginfodOutcome.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{server.Host} has a file of more than {_mostBytes:N0} bytes."));

    /// <summary>Connects to an address that was checked: asking for the name again later could give another one.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, CancellationToken cancel)
    {
        var point = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(point.Host.Trim('[', ']'), out var literal) ? [literal] : await lookUp(point.Host, cancel);
        var mayBePrivate = _servers.Urls.Any(u => string.Equals(u.IdnHost.Trim('[', ']'), point.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase) && DebuginfodServers.NamesPrivateHost(u));
        var allowed = Array.FindAll(addresses, a => mayBePrivate || !DebuginfodServers.IsReserved(a));
        if (allowed.Length == 0) throw new ForbiddenAddressException($"{point.Host} leads to an address of a private network: name the address itself to allow it.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, point.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ForbiddenAddressException(string message) : IOException(message);

    /// <summary>A body whose parts must come in time.</summary>
    private sealed class PacedStream(Stream inner, TimeSpan each) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await inner.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(each, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
