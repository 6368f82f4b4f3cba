using System.Net;
using System.Text;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary><c>process=</c>: a file joins the process that its sender names.</summary>
[Collection(nameof(ApiTests))]
public sealed class JoinTests(ApiServer api)
{
    private static readonly byte[] s_trace = Encoding.UTF8.GetBytes("4711  1795189479.522261 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f9cff230000 <0.000069>\n > /usr/bin/app(grow+0x3a) [0x19ca]\n");

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task A_file_joins_the_process_that_is_named_although_a_newer_one_has_its_pid()
    {
        var host = Uploads.NewHost();
        var older = await SnapshotAsync(host, "plateau");
        var newer = await SnapshotAsync(host, "steady-healthy");
        Assert.NotEqual(older, newer);

        Assert.Equal(newer, (await Server.UploadAsync(s_trace, $"host={host}&pid=4711")).GetProperty("processId").GetGuid());
        // The same bytes, but said to be of the other one: no repeat.
        Assert.Equal(older, (await Server.UploadAsync(s_trace, $"process={older}")).GetProperty("processId").GetGuid());

        Assert.Equal(1, await TracesAsync(older));
        Assert.Equal(1, await TracesAsync(newer));
    }

    [Fact]
    public async Task Sent_again_it_is_a_repeat()
    {
        var process = await SnapshotAsync(Uploads.NewHost(), "plateau");
        var archive = await File.ReadAllBytesAsync(Fixtures.Case("plateau", "smaps.tar.gz"));
        using var first = await Server.PostAsync(archive, $"process={process}");
        using var second = await Server.PostAsync(archive, $"process={process}");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_process_that_does_not_exist_is_not_begun()
    {
        using var response = await Server.PostAsync(s_trace, $"process={Guid.NewGuid()}");
        var problem = await response.ProblemAsync(HttpStatusCode.NotFound, "no-process");

        Assert.Contains("?host=NAME&pid=PID", problem.Text("detail"), StringComparison.Ordinal);
        using var garbled = await Server.PostAsync(s_trace, "process=4711");
        await garbled.ProblemAsync(HttpStatusCode.BadRequest, "bad-parameter");
    }

    [Fact]
    public async Task A_file_of_another_pid_is_refused_unless_the_sender_says_that_it_is_the_same()
    {
        var process = await SnapshotAsync(Uploads.NewHost(), "plateau");
        var status = Encoding.UTF8.GetBytes("Name:\tapp\nPid:\t17\nVmRSS:\t    3180 kB\nThreads:\t1\n");
        using var refused = await Server.PostAsync(status, $"process={process}");

        var detail = (await refused.ProblemAsync(HttpStatusCode.UnprocessableEntity, "other-process")).Text("detail");

        Assert.Contains("pid 17", detail, StringComparison.Ordinal);
        Assert.Contains("&pid=4711", detail, StringComparison.Ordinal);
        Assert.Equal(process, (await Server.UploadAsync(status, $"process={process}&pid=4711")).GetProperty("processId").GetGuid());
    }

    [Fact]
    public async Task Another_host_pid_or_start_beside_the_process_is_refused_with_advice()
    {
        var host = Uploads.NewHost();
        var process = await SnapshotAsync(host, "plateau");
        var other = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        foreach (var (body, query) in ((byte[], string)[])[(s_trace, "&host=elsewhere"), (s_trace, "&pid=4712"), (other, ""), (other, "&pid=4711")])
        {
            using var response = await Server.PostAsync(body, $"process={process}{query}");
            Assert.Contains("process=", (await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, "other-process")).Text("detail"), StringComparison.Ordinal);
        }
        Assert.Equal(process, (await Server.UploadAsync(s_trace, $"process={process}&host={host.ToUpperInvariant()}&pid=4711")).GetProperty("processId").GetGuid());
    }

    private async Task<Guid> SnapshotAsync(string host, string name) =>
        (await Server.UploadAsync(Fixtures.Members("cases", name, "smaps.tar.gz").First().Text, $"host={host}&pid=4711")).GetProperty("processId").GetGuid();

    private async Task<int> TracesAsync(Guid process) => (await Server.JsonAsync($"api/v1/processes/{process}/traces")).GetProperty("items").GetArrayLength();
}
