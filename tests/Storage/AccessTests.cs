using System.Text.Json;
using MemScope.Storage.Captures;
using MemScope.Storage.Shares;
using MemScope.Storage.Symbols;
using MemScope.Storage.Tests.Captures;
using MemScope.Storage.Tokens;
using Npgsql;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class AccessTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FixedTime _time = new(Uploads.Received);

    [Fact]
    public async Task A_share_opens_by_its_key_alone_and_keeps_its_document_byte_for_byte()
    {
        await using var storage = await postgres.NewAsync(_time);
        const string Document = """{ "b": 1.50, "a": "\u0000 <script>", "a2": [] }""";
        var (row, key) = await CreateAsync(storage, Document);
        var opened = await storage.Get<ShareStore>().OpenAsync(key, None);
        Assert.Equal((ShareState.Open, row.Id), (opened.State, opened.Row!.Id));
        Assert.Equal(Document, (await storage.Get<ShareStore>().DocumentAsync(row.Id, None))?.GetRawText());
        Assert.InRange(key.Length, 22, 64);
        Assert.DoesNotContain(key, await DumpAsync(storage, "share"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData(":key")]
    [InlineData("\0")]
    [InlineData("%00")]
    public async Task A_wrong_key_opens_nothing(string? key)
    {
        await using var storage = await postgres.NewAsync(_time);
        var (row, right) = await CreateAsync(storage, "{}");
        var store = storage.Get<ShareStore>();
        foreach (var wrong in (string?[])[key, right + "A", right[..^1], right.ToUpperInvariant(), row.Id.ToString(), new string('k', 1 << 20)])
            Assert.Equal(ShareState.Unknown, (await store.OpenAsync(wrong, None)).State);
    }

    [Fact]
    public async Task A_share_ends_by_time_or_by_revoking()
    {
        await using var storage = await postgres.NewAsync(_time);
        var store = storage.Get<ShareStore>();
        var (_, timed) = await CreateAsync(storage, "{}", _time.Now.AddDays(1));
        var (row, revoked) = await CreateAsync(storage, "{}");
        Assert.False(await store.RevokeAsync("other", row.Id, "ada", None));
        Assert.Equal(ShareState.Open, (await store.OpenAsync(revoked, None)).State);
        Assert.True(await store.RevokeAsync(Projects.Default, row.Id, "ada", None));
        _time.Now += TimeSpan.FromDays(1);
        var (closed, expired) = (await store.OpenAsync(revoked, None), await store.OpenAsync(timed, None));
        Assert.Equal((ShareState.Revoked, ShareState.Expired), (closed.State, expired.State));
        Assert.All([closed, expired], o => Assert.Null(o.Row));
    }

    [Fact]
    public async Task Views_are_counted_and_shares_page_newest_first()
    {
        await using var storage = await postgres.NewAsync(_time);
        var store = storage.Get<ShareStore>();
        var shares = new List<ShareRow>();
        for (var i = 0; i < 5; i++, _time.Now += TimeSpan.FromSeconds(1)) shares.Add((await CreateAsync(storage, "{}")).Row);
        // Many at once: none is lost, and each reader stands in the audit log once.
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => storage.Get<ShareViews>().AddAsync(Projects.Default, shares[4 - (i % 2)].Id, $"10.0.0.{i % 10}", None)));
        var first = await store.ListAsync(Projects.Default, null, null, 3, None);
        var second = await store.ListAsync(Projects.Default, null, first.Next, 3, None);
        Assert.Equal([150, 150, 0], first.Items.Select(s => s.Views));
        Assert.Equal(10, (await storage.Get<AuditLog>().ListAsync(1000, None)).Count(a => a.Action == "share.view"));
        Assert.Equal(5, first.Items.Concat(second.Items).Select(s => s.Id).Distinct().Count());
        Assert.Null(second.Next);
        Assert.Empty((await store.ListAsync(Projects.Default, Guid.NewGuid(), null, 3, None)).Items);
    }

    [Fact]
    public async Task A_token_is_known_by_its_secret_until_it_is_revoked_or_over()
    {
        await using var storage = await postgres.NewAsync(_time);
        var store = storage.Get<TokenStore>();
        var (row, secret) = await store.CreateAsync(Projects.Default, "agent", TokenScopes.Ingest, _time.Now.AddDays(2), "ada", None);
        Assert.StartsWith("ms_", secret, StringComparison.Ordinal);
        Assert.Equal((row.Id, TokenScopes.Ingest), ((await store.FindAsync(secret, None))!.Id, (await store.FindAsync(secret, None))!.Scopes));
        Assert.Equal(_time.Now, Assert.Single(await store.ListAsync(None)).LastUsedAt);
        Assert.DoesNotContain(secret[3..], await DumpAsync(storage, "token"), StringComparison.Ordinal);
        foreach (var wrong in (string?[])[null, "", "ms_", secret[3..], secret + "x", secret.ToLowerInvariant(), "ms_" + new string('x', 1 << 20)]) Assert.Null(await store.FindAsync(wrong, None));
        _time.Now += TimeSpan.FromDays(3);
        Assert.Null(await store.FindAsync(secret, None));
        var (other, revoked) = await store.CreateAsync(Projects.Default, "agent", TokenScopes.Ingest, null, "ada", None);
        Assert.True(await store.RevokeAsync(other.Id, "ada", None));
        Assert.Null(await store.FindAsync(revoked, None));
    }

    [Fact]
    public async Task The_first_admin_token_is_made_once_however_many_nodes_start()
    {
        await using var storage = await postgres.NewAsync(_time);
        var secrets = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => storage.Get<TokenStore>().EnsureAdminAsync(None))));
        var secret = Assert.Single(secrets.OfType<string>());
        Assert.Equal(TokenScopes.Admin, (await storage.Get<TokenStore>().FindAsync(secret, None))!.Scopes);
    }

    [Fact]
    public async Task A_symbol_file_that_came_without_a_name_gets_the_first_that_it_is_sent_again_with()
    {
        await using var storage = await postgres.NewAsync(_time);
        var store = storage.Get<SymbolFileStore>();
        SymbolFileUpload Named(string name) => new()
        {
            BuildId = "abcdef02", FileName = name, Kind = "executable", Sha256 = System.Security.Cryptography.SHA256.HashData([7]), Content = new MemoryStream([7]), ReceivedAt = _time.Now,
        };
        await store.StoreAsync(Named(""), None);
        var (row, repeat) = await store.StoreAsync(Named("server"), None);
        var (later, _) = await store.StoreAsync(Named("copy"), None);

        Assert.True(repeat);
        Assert.Equal(("server", "server"), (row.FileName, later.FileName));
    }

    [Fact]
    public async Task A_symbol_file_is_kept_once_and_read_back()
    {
        await using var storage = await postgres.NewAsync(_time);
        var store = storage.Get<SymbolFileStore>();
        var file = new byte[3_000_000];
        new Random(1).NextBytes(file);
        SymbolFileUpload Upload(byte[] bytes, bool lines, int functions) => new()
        {
            BuildId = "abcdef01", FileName = "x.debug", Kind = "debug", Functions = functions, HasLines = lines, Sha256 = System.Security.Cryptography.SHA256.HashData(bytes),
            Content = new MemoryStream(bytes), ReceivedAt = _time.Now,
        };
        var (row, repeat) = await store.StoreAsync(Upload(file, lines: false, 10), None);
        var again = await store.StoreAsync(Upload(file, lines: false, 10), None);
        var (better, _) = await store.StoreAsync(Upload([1, 2, 3], lines: true, 5), None);
        Assert.False(repeat);
        Assert.True(again.Repeat);
        Assert.Equal(row.Id, again.Row.Id);
        Assert.Equal([better.Id, row.Id], (await store.FindAsync(Projects.Default, "abcdef01", None)).Select(f => f.Id));
        Assert.Empty(await store.FindAsync("other", "abcdef01", None));
        await using var content = await store.OpenAsync(row.Id, None);
        using var read = new MemoryStream();
        await content!.CopyToAsync(read);
        Assert.Equal(file, read.ToArray());
        Assert.Null(await store.OpenAsync(Guid.NewGuid(), None));
        Assert.Equal(2, (await store.ListAsync(Projects.Default, null, 10, None)).Items.Count);
    }

    [Fact]
    public async Task The_audit_log_tells_the_newest_first()
    {
        await using var storage = await postgres.NewAsync(_time);
        var log = storage.Get<AuditLog>();
        await log.WriteAsync(Projects.Default, "admin\0", "share.create", "1", "", None);
        _time.Now += TimeSpan.FromSeconds(1);
        await log.WriteAsync(Projects.Default, "admin", "share.revoke", "1", "", None);
        Assert.Equal(["share.revoke", "share.create"], (await log.ListAsync(10, None)).Select(a => a.Action));
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("TRUNCATE audit")]
    public async Task The_audit_log_is_only_ever_added_to(string statement)
    {
        await using var storage = await postgres.NewAsync(_time);
        await storage.Get<AuditLog>().WriteAsync(Projects.Default, "ada", "share.create", "1", "overview", None);
        await using var command = storage.Get<NpgsqlDataSource>().CreateCommand(statement);
        Assert.Contains("only ever added to", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).MessageText, StringComparison.Ordinal);
        Assert.Equal("ada", Assert.Single(await storage.Get<AuditLog>().ListAsync(10, None)).Actor);
    }

    [Fact]
    public async Task What_is_done_to_shares_and_tokens_stands_in_the_audit_log_without_a_secret()
    {
        await using var storage = await postgres.NewAsync(_time);
        var (share, key) = await CreateAsync(storage, "{}", _time.Now.AddDays(1));
        var (token, secret) = await storage.Get<TokenStore>().CreateAsync(Projects.Default, "ci", TokenScopes.Ingest | TokenScopes.Read, null, "bob", None);
        for (var i = 0; i < 2; i++) // the second time changes nothing
        {
            Assert.True(await storage.Get<ShareStore>().RevokeAsync(Projects.Default, share.Id, "eve", None));
            Assert.True(await storage.Get<TokenStore>().RevokeAsync(token.Id, "eve", None));
        }
        var rows = (await storage.Get<AuditLog>().ListAsync(10, None)).Select(a => (a.Actor, a.Action, a.Subject)).ToHashSet();
        Assert.Equal(new HashSet<(string, string, string)> { ("ada", "share.create", share.Id.ToString()), ("bob", "token.create", token.Id.ToString()), ("eve", "share.revoke", share.Id.ToString()), ("eve", "token.revoke", token.Id.ToString()) }, rows);
        var dump = await DumpAsync(storage, "audit");
        Assert.DoesNotContain(key, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[3..], dump, StringComparison.Ordinal);
        Assert.Contains("ingest, read", dump, StringComparison.Ordinal);
    }

    private static Task<(ShareRow Row, string Key)> CreateAsync(TestStorage storage, string document, DateTimeOffset? expires = null) => storage.Get<ShareStore>().CreateAsync(
        new ShareDraft { ProcessId = Guid.CreateVersion7(), Title = "T\0", View = "diff", CreatedBy = "ada", Document = JsonDocument.Parse(document).RootElement, ExpiresAt = expires }, None);

    private static async Task<string> DumpAsync(TestStorage storage, string table)
    {
        await using var command = storage.Get<NpgsqlDataSource>().CreateCommand($"SELECT string_agg(t::text, '\n') FROM {table} t");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
