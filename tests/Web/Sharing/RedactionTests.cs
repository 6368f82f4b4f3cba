using System.Text.Json;
using MemScope.Web.Components;
using MemScope.Web.Sharing;
using MemScope.Web.Sharing.Redaction;
using MemScope.Web.Tests.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

/// <summary>What is taken out of a share is in none of its texts, and what stands for it is the same everywhere.</summary>
public sealed class RedactionTests
{
    private const string Host = "web-3.prod.example", CommandLine = "/opt/decode --token=hunter2x --model llama_70b", Folder = "secretproject", File = "/home/adalove/secretproject/libx.so",
        Start = "7f1f61ddb000", End = "7f1f62200000", Inside = "7f1f61ddc000", Author = "Ada Lovelace", Label = "blue-canary";

    private static readonly Dictionary<string, string[]> Secrets = new(StringComparer.Ordinal)
    {
        [Redactions.Host] = [Host, "web-3"],
        [Redactions.Command] = [CommandLine, "hunter2x", "llama_70b"],
        [Redactions.Paths] = [File, Folder, "adalove"],
        [Redactions.Addresses] = [Start, End, Inside],
        [Redactions.Labels] = [Label],
        [Redactions.Users] = [Author, "adalove"],
    };

    private static readonly JsonSerializerOptions Readable = new(ShareReader.Json) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string TextOf(TextKind kind) => kind switch
    {
        TextKind.Word => "word",
        TextKind.Host => Host,
        TextKind.CommandLine => CommandLine,
        TextKind.Path => File,
        TextKind.Start => Start,
        TextKind.End => End,
        TextKind.Range => $"{Start}-{End}",
        TextKind.Offset => "1000",
        TextKind.Person => Author,
        TextKind.Labels => Label,
        _ => $"{Author} of WEB-3 ran decode --token=hunter2x ({CommandLine}) with {File}:12 and 0x{Inside}, {Start}-{End}, llama_70b for {Label}; smaps-{Host}_7f1f61ddc000.txt",
    };

    [Fact]
    public void Every_text_of_every_record_is_classified()
    {
        var texts = DocumentSamples.Records().SelectMany(r => WireText.Properties(r).Where(p => WireText.Open(p.PropertyType) is var (type, hasKeys) && !WireText.IsRecord(type) && (type == typeof(string) || hasKeys)).Select(p => (r, p.Name))).ToHashSet();
        Assert.Empty(texts.Where(t => TextKinds.Of(t.r, t.Name) is null).Select(t => $"{t.r.Name}.{t.Name} has no class in TextKinds"));
        Assert.Empty(TextKinds.All.Where(k => !texts.Contains(k)).Select(k => $"{k.Record.Name}.{k.Property} is no text of a share"));
        Assert.True(texts.Count > 150);
    }

    [Theory]
    [InlineData(Redactions.Host)]
    [InlineData(Redactions.Command)]
    [InlineData(Redactions.Paths)]
    [InlineData(Redactions.Addresses)]
    [InlineData(Redactions.Labels)]
    [InlineData(Redactions.Users)]
    public void A_value_that_is_taken_out_stands_in_no_text_of_the_document(string what)
    {
        var view = DocumentSamples.Full(TextOf);
        Assert.All(Secrets[what], secret => Assert.Contains(secret, Json(view), StringComparison.OrdinalIgnoreCase));
        var redacted = Redactor.Redact(view, [what]);
        Assert.All(Secrets[what], secret => Assert.DoesNotContain(secret, Json(redacted), StringComparison.OrdinalIgnoreCase));
        Assert.Equal([what], redacted.Redacted);
        // The rest stays: what only another choice takes out is still there.
        Assert.Contains(what is Redactions.Host ? "hunter2x" : Host, Json(redacted), StringComparison.Ordinal);
    }

    [Fact]
    public void All_of_them_leave_a_document_that_can_be_read_and_nothing_of_the_values()
    {
        var redacted = Redactor.Redact(DocumentSamples.Full(TextOf), Redactions.All);
        Assert.All(Secrets.Values.SelectMany(s => s), secret => Assert.DoesNotContain(secret, Json(redacted), StringComparison.OrdinalIgnoreCase));
        Assert.Equal(("host 1", "", "/…/libx.so"), (redacted.Process.Host, redacted.Process.CommandLine, redacted.Region!.Name));
        Assert.Empty(redacted.Process.Labels);
        Assert.Equal("person 1", redacted.Notes[0].Author);
        Assert.NotNull(ShareReader.Read(JsonSerializer.SerializeToElement(redacted, ShareReader.Json)));
    }

    [Fact]
    public void Without_a_choice_the_document_stays_as_it_is()
    {
        var view = DocumentSamples.Full(TextOf);
        Assert.Same(view, Redactor.Redact(view, []));
    }

    [Fact]
    public void The_same_machine_and_the_same_region_have_one_name_in_all_of_a_share()
    {
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        var view = View("web-3") with
        {
            Overview = Samples.Overview() with { Process = Samples.Process() with { Host = "db-1", CommandLine = "" }, TopGrowers = [Region(a, "1000000", "1400000"), Region(b, "7f0000000000", "7f0000010000")], Answer = "It grows at 7f0000001000 on db-1, below 1400000." },
            Region = Region(a, "0f00000", "1400000"), // it slid down
        };
        var redacted = Redactor.Redact(view, [Redactions.Host, Redactions.Addresses]);
        Assert.Equal(("host 1", "host 2"), (redacted.Process.Host, redacted.Overview!.Process.Host));
        Assert.Equal(["region A+0x100000", "region B"], redacted.Overview.TopGrowers.Select(r => Format.Range(r.Start, r.End)));
        Assert.Equal("region A", Format.Range(redacted.Region!.Start, redacted.Region.End));
        Assert.Equal("It grows at region B+0x1000 on host 2, below region A+0x500000.", redacted.Overview.Answer);
    }

    [Theory]
    [InlineData("RSS 1300000 and 37592000 of 940012345678 bytes, 20261122-014606", "RSS 1300000 and 37592000 of 940012345678 bytes, 20261122-014606")]
    [InlineData("libucs.so.0+0x2a3f10 with flags 0x22", "libucs.so.0+0x2a3f10 with flags 0x22")]
    [InlineData("mmap(0x7ffd12345678) = 7ffd1234a000", "mmap(an address) = an address")]
    [InlineData("019abcde-1234-7abc-8def-0123456789ab", "019abcde-1234-7abc-8def-0123456789ab")]
    [InlineData("build id 8f3c6e0a9d1b2c3d4e5f60718293a4b5c6d7e8f9", "build id 8f3c6e0a9d1b2c3d4e5f60718293a4b5c6d7e8f9")]
    public void Addresses_are_told_from_figures_offsets_and_ids(string text, string expected) => Assert.Equal(expected, Title(text, Redactions.Addresses));

    [Theory]
    [InlineData("/usr/lib/libucs.so.0 grows", "/…/libucs.so.0 grows")]
    [InlineData("see /home/eve/a/b.c:12, ~/x/y and ./rel/z.py", "see /…/b.c:12, /…/y and /…/z.py")]
    [InlineData("cat /proc/7/smaps /sys/fs/cgroup/memory.max /dev/nvidia0", "cat /proc/7/smaps /sys/fs/cgroup/memory.max /dev/nvidia0")]
    [InlineData("ls /proc/7/root/srv/secret/x", "ls /…/x")]
    [InlineData("https://tracker.example/issues/1 at 3 MiB/min", "https://tracker.example/issues/1 at 3 MiB/min")]
    [InlineData("file:///srv/secret/x -L/home/eve/lib", "file:///…/x -L/…/lib")]
    public void Paths_keep_the_name_of_the_file(string text, string expected) => Assert.Equal(expected, Title(text, Redactions.Paths));

    [Theory]
    [InlineData("node", "node: nodejs on NODE, node-7", "host 1: nodejs on host 1, host 1-7")]
    [InlineData("web-3.prod", "web-3 and web-3.prod, web-31", "host 1 and host 1, host 11")]
    [InlineData("h1", "h1 not h10, (h1)", "host 1 not h10, (host 1)")]
    [InlineData("10.0.0.5", "10 of 10.0.0.5", "10 of host 1")]
    public void A_machine_is_found_in_words_and_not_in_other_words(string host, string text, string expected) =>
        Assert.Equal(expected, Redactor.Redact(View(host) with { Title = text }, [Redactions.Host]).Title);

    [Fact]
    public void A_frame_without_a_module_gives_no_address_away()
    {
        var frames = new[] { new FrameWire(null, null, null, null, null, "7f1f61ddc000", false, "no-module") { Lookup = "7f1f61ddc000" }, new FrameWire("f", null, null, "libx.so", "ab", "7f1f61ddc000", false, null) };
        var view = View("h1") with { Callchains = new CallchainsWire("mapped", 1, null, new Dictionary<string, long>(), [new CallchainWire(1, 1, frames)]) };
        var redacted = Redactor.Redact(view, [Redactions.Addresses]).Callchains!.Items[0].Frames;
        Assert.Equal((RegionBook.Unknown, RegionBook.Unknown, "7f1f61ddc000"), (redacted[0].Offset, redacted[0].Lookup, redacted[1].Offset)); // an offset in a module is the same in every run
    }

    [Theory]
    [InlineData(0, "A")]
    [InlineData(25, "Z")]
    [InlineData(26, "AA")]
    [InlineData(701, "ZZ")]
    [InlineData(702, "AAA")]
    public void Regions_are_lettered(int number, string letters) => Assert.Equal(letters, RegionBook.Letters(number));

    private static string Title(string text, string what) => Redactor.Redact(View("h1") with { Title = text }, [what]).Title;

    private static SharedViewWire View(string host) => new(new ShareRequestWire("overview"), "title", Samples.Start, Samples.Process() with { Host = host, CommandLine = "" }, Samples.Window());

    private static RegionWire Region(Guid id, string start, string end) => Samples.Region() with { Id = id, Start = start, End = end };

    private static string Json(SharedViewWire view) => JsonSerializer.Serialize(view, Readable);
}
