using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>No GPU is at hand: the texts follow captures that others published.</summary>
public sealed class NvidiaTests
{
    private const long MiB = 1 << 20;
    private const string First = "GPU-00000000-1111-2222-3333-444444444444", Second = "GPU-00000000-1111-2222-3333-555555555555";

    [Fact]
    public void Each_row_of_a_query_is_a_gpu_at_its_time()
    {
        var parsed = Reading.Of(Fixtures.Bytes("nvidia-smi", "made-gpu.csv")).Parsed;
        Assert.Equal([First, Second, First, Second], parsed.Figures.Select(f => f.Label));
        Assert.Equal((22436 * MiB, 24564 * MiB, 37), (parsed.Figures[0].Bytes["memory.used"], parsed.Figures[0].Bytes["memory.total"], parsed.Figures[0].Counts["utilization.gpu"]));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 3, 24, 123, TimeSpan.Zero), parsed.Figures[0].TakenAt);
        // [N/A] is absent, not 0.
        Assert.Equal(["memory.total", "memory.reserved"], parsed.Figures[3].Bytes.Keys);
        Assert.Equal("NVIDIA002", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void Each_row_of_the_processes_names_its_process_even_with_commas()
    {
        var parsed = Reading.Of(Fixtures.Bytes("nvidia-smi", "made-apps.csv")).Parsed;
        Assert.Equal([(44378, "tritonserver", 1836 * MiB), (44966, "/opt/server/worker --name a, b", 20574 * MiB)], parsed.Figures.Select(f => (f.Process.Pid!.Value, f.Process.CommandLine!, f.Bytes["used_gpu_memory"])));
        Assert.All(parsed.Figures, f => Assert.Equal(First, f.Label));
        Assert.Equal("NVIDIA005", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void Units_come_from_the_header_when_the_cells_have_none()
    {
        const string nounits = "index, memory.used [MiB], memory.total [MiB]\n0, 103, 16303\n1, 8311, 16303\nindex, memory.used [MiB], memory.total [MiB]\n0, 104, 16303\n";
        var figures = Reading.Of(nounits).Figures;
        Assert.Equal([("0", 103 * MiB), ("1", 8311 * MiB), ("0", 104 * MiB)], figures.Select(f => (f.Label!, f.Bytes["memory.used"])));
    }

    [Fact]
    public void Without_a_header_the_file_is_refused_with_what_to_do()
    {
        var refused = Reading.Refused("0, NVIDIA L40S, 46068 MiB, 9123 MiB\n1, NVIDIA L40S, 46068 MiB, 12 MiB\n"u8.ToArray());
        Assert.Equal("no-data", refused.Code);
        Assert.Contains("noheader", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_xml_tells_what_the_csv_tells()
    {
        var xml = Reading.Of(Fixtures.Bytes("nvidia-smi", "made.xml")).Parsed;
        Assert.Equal(("nvidia-smi-xml", "v12"), (xml.Format, xml.Version));
        var csv = Reading.Of(Fixtures.Bytes("nvidia-smi", "made-gpu.csv")).Parsed.Figures.Take(2).ToList();
        var gpus = xml.Figures.Where(f => f.Process.Pid is null).ToList();
        Assert.Equal(csv.Select(f => (f.Label, f.Kind)), gpus.Select(f => (f.Label, f.Kind)));
        foreach (var (a, b) in csv.Zip(gpus)) Assert.All(a.Bytes, m => Assert.Equal(m.Value, b.Bytes[m.Key]));
        var apps = Reading.Of(Fixtures.Bytes("nvidia-smi", "made-apps.csv")).Parsed.Figures;
        Assert.Equal(apps.Select(f => (f.Label, f.Process, f.Bytes["used_gpu_memory"])), xml.Figures.Where(f => f.Process.Pid is not null).Select(f => (f.Label, f.Process, f.Bytes["used_gpu_memory"])));
        Assert.Equal(256 * MiB, gpus[0].Bytes["bar1.total"]);
        var named = Reading.Of("<?xml version=\"1.0\" ?>\n<nvidia_smi_log><gpu id=\"1\"><processes><process_info><pid>7</pid><process_name>a &amp; &lt;b&gt;</process_name><used_memory>1 MiB</used_memory></process_info></processes></gpu></nvidia_smi_log>");
        Assert.Equal((7, "a & <b>"), (named.Figures[0].Process.Pid, named.Figures[0].Process.CommandLine));
        Assert.All(xml.Figures, f => Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 3, 24, TimeSpan.Zero), f.TakenAt));
    }

    [Fact]
    public void Repeated_documents_are_read_one_by_one_and_a_cut_one_as_far_as_it_goes()
    {
        var document = Encoding.UTF8.GetString(Fixtures.Bytes("nvidia-smi", "made.xml"));
        var cut = document[..document.LastIndexOf("<bar1", StringComparison.Ordinal)];
        var parsed = Reading.Of(document + cut);
        Assert.Equal(8, parsed.Figures.Count);
        Assert.Contains(parsed.Diagnostics, d => d.Id == "NVIDIA007");
    }

    [Fact]
    public void Damaged_documents_without_end_are_given_up()
    {
        var text = Encoding.ASCII.GetBytes("<?xml version=\"1.0\" ?><nvidia_smi_log><gpu id=\"1\">" + string.Concat(Enumerable.Repeat("<?xml ", 200_000)));
        var parsed = InputFormats.Find("nvidia-smi-xml")!.Parse(text, new ParseOptions(Limits.Default));
        Assert.Equal(100, parsed.Diagnostics.Sum(d => d.Count));
    }

    [Fact]
    public void A_document_type_with_entities_is_not_expanded()
    {
        const string bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE nvidia_smi_log [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n<nvidia_smi_log><gpu id=\"1\"><uuid>&b;</uuid><fb_memory_usage><used>1 MiB</used></fb_memory_usage></gpu></nvidia_smi_log>";
        Assert.DoesNotContain(Reading.Refused(Encoding.ASCII.GetBytes(bomb)).Message, "aaaa", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+-----+\n| NVIDIA-SMI 550.127.05             Driver Version: 550.127.05     CUDA Version: 12.4     |\n")]
    [InlineData("\n==============NVSMI LOG==============\n\nTimestamp : Thu Jan 30 16:14:43 2025\n")]
    public void The_text_for_people_is_refused_with_what_to_run(string text) => Assert.Contains("nvidia-smi -q -x", Reading.Refused(Encoding.ASCII.GetBytes(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("memory.used, memory.total\n1, 2\n")]
    [InlineData("a, b\n1 MiB, 2 MiB, 3\nwords\n")]
    [InlineData("name, size [MiB]\nx, 3\n")]
    public void Other_lists_are_no_nvidia_smi(string text) => Assert.NotEqual("nvidia-smi", InputFormats.Sniff(Encoding.ASCII.GetBytes(text))?.Slug);

    [Fact]
    public void Bytes_that_are_no_text_inside_the_declaration_are_survived()
    {
        var log = Fixtures.Bytes("nvidia-smi", "made.xml");
        var at = log.AsSpan().IndexOf("1.0"u8) + 3;
        byte[] damaged = [.. log[..at], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, .. log[at..]];
        for (var length = 0; length < 200; length++)
        {
            _ = InputFormats.Find("nvidia-smi-xml")!.Parse(damaged[..length], new ParseOptions(Limits.Default));
            _ = InputFormats.Find("memcheck-xml")!.Parse(damaged[..length], new ParseOptions(Limits.Default));
            _ = InputFormats.Find("malloc-info")!.Parse(damaged[..length], new ParseOptions(Limits.Default));
        }
    }
}
