using System.Net;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Symbol files that lie: each is answered with its code, others are served meanwhile, and the same bytes are refused again unread.</summary>
public sealed class HostileSymbolTests(ApiServer api) : IClassFixture<ApiServer>
{
    private ServerProcess Server => api.Server;

    /// <summary>Name, the bytes, status and code.</summary>
    public static TheoryData<string, byte[], HttpStatusCode, string> Refused
    {
        get
        {
            var elf = Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped");
            return new()
            {
                { "empty", [], HttpStatusCode.UnprocessableEntity, "empty" },
                { "text", "#!/bin/sh"u8.ToArray(), HttpStatusCode.UnsupportedMediaType, "not-elf" },
                { "magic alone", "\u007fELF"u8.ToArray(), HttpStatusCode.UnprocessableEntity, "elf-truncated" },
                { "sections behind the end", With(elf, 40, BitConverter.GetBytes(ulong.MaxValue - 63)), HttpStatusCode.UnprocessableEntity, "elf-truncated" },
                { "class of no machine", With(elf, 4, [9]), HttpStatusCode.UnsupportedMediaType, "elf-unsupported" },
                { "object file", With(elf, 16, BitConverter.GetBytes((ushort)1)), HttpStatusCode.UnprocessableEntity, "elf-kind" },
                { "core", With(elf, 16, BitConverter.GetBytes((ushort)4)), HttpStatusCode.UnprocessableEntity, "elf-kind" },
                { "without a build id", WithoutBuildId(elf), HttpStatusCode.UnprocessableEntity, "no-build-id" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_cannot_be_used_is_refused_with_its_code_twice(string name, byte[] file, HttpStatusCode status, string code)
    {
        for (var i = 0; i < 2; i++)
        {
            using var answer = await Server.SendSymbolsAsync(file, name, null);
            await answer.ProblemAsync(status, code);
        }
        using var alive = await Server.Client.GetAsync(new Uri("healthz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task Damaged_files_are_answered_without_a_500_while_others_are_served()
    {
        var original = Fixtures.Bytes("elf", "ucx-leak", "ucx_leak.debug");
        var random = new Random(20261121);
        using var stop = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            var served = 0;
            while (!stop.IsCancellationRequested)
            {
                using var answer = await Server.Client.GetAsync(new Uri("api/v1/processes", UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                served++;
            }
            return served;
        });
        for (var i = 0; i < 40; i++)
        {
            var file = (byte[])original.Clone();
            for (var n = 0; n < 1 + (i % 8); n++) file[random.Next(i % 2 == 0 ? 64 : 0, file.Length)] = (byte)random.Next(256);
            using var answer = await Server.SendSymbolsAsync(file, "mutant", null);
            Assert.True((int)answer.StatusCode is 200 or 201 or 413 or 415 or 422, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        await stop.CancelAsync();
        Assert.True(await others > 0);
        Assert.DoesNotContain("Unhandled exception", Server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("UPPER00112233")]
    [InlineData("0011")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233")]
    [InlineData("%00")]
    [InlineData("C:\\x")]
    public async Task An_id_that_is_none_reaches_nothing(string id)
    {
        using var answer = await Server.Client.GetAsync(new Uri("api/v1/symbols/" + Uri.EscapeDataString(id), UriKind.Relative));
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.NotFound]);
    }

    private static byte[] With(byte[] elf, int at, byte[] value)
    {
        var copy = (byte[])elf.Clone();
        value.CopyTo(copy, at);
        return copy;
    }

    /// <summary>The note of a build id is named GNU and of type 3 (elf(5)); another type is none.</summary>
    private static byte[] WithoutBuildId(byte[] elf)
    {
        var copy = (byte[])elf.Clone();
        for (int at; (at = copy.AsSpan().IndexOf("\u0003\0\0\0GNU\0"u8)) >= 0;) copy[at] = 77;
        return copy;
    }
}
